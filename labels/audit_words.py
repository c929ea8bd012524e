"""What audits, their kinds and their findings are called, on paper and on pages: the one table, zh and en."""

from collections.abc import Mapping
from typing import Final

Words = tuple[str, str]

KINDS: Final[Mapping[str, Words]] = {
    "full": ("完整审计", "Full audit"),
    "evidence": ("证据审计", "Audit of the evidence"),
    "since": ("增量审计", "What came since the last audit"),
    "sample": ("抽样审计", "Random sample"),
    "scrub": ("后台巡检", "Background scrub"),
}
ABOUT: Final[Mapping[str, Words]] = {
    "full": (
        "重读每个字节，验证每个签名，重做每项决定，并核对全部汇总。",
        "Every byte, every signature, every decision made again, every sum compared.",
    ),
    "evidence": ("重读每个字节、每条链和整个日志。快得多。", "Every byte, every chain and the whole log. Much faster."),
    "since": (
        "只读上次审计之后的记录，并证明日志只增不改。",
        "Only what is new, and that the log extends what was audited last.",
    ),
    "sample": (
        "随机抽取记录逐条证明，并说明可信程度。",
        "Records drawn at random, each proven; says how sure that makes one.",
    ),
}
STATES: Final[Mapping[str, Words]] = {
    "running": ("进行中", "Running"),
    "clean": ("未发现问题", "Nothing wrong"),
    "found": ("发现问题", "Something is wrong"),
    "failed": ("未能完成", "Could not be done"),
    "interrupted": ("已中断", "Interrupted"),
}
LEFT_OUT: Final[Mapping[str, Words]] = {
    "decisions": ("未验证参与方签名、决定与汇总", "Signatures of actors, decisions and sums were not judged"),
    "older_records": ("起点以前的记录未重读", "Records before the start were not read again"),
    "older_heads": (
        "起点处各链的链头未与已审计的比较",
        "The chains' heads at the start were not compared with audited ones",
    ),
    "older_state": ("起点未与以前的检查点比较", "The start was not compared with an earlier checkpoint"),
    "all_but_the_sample": ("样本以外的记录未读", "Records outside the sample were not read"),
}
ACCOUNTS: Final[Mapping[str, Words]] = {
    "holding": ("库存", "In stock"),
    "produced": ("生产", "Produced"),
    "opening": ("期初", "Opening stock"),
    "imported": ("进口", "Imported"),
    "external_in": ("由其他账本转入", "From another ledger"),
    "found": ("盘盈", "Found"),
    "unexplained": ("来源不明", "Unexplained"),
    "used": ("使用", "Used"),
    "transformed": ("转化", "Transformed"),
    "sampled": ("取样", "Sampled"),
    "lost": ("丢失", "Lost"),
    "stolen": ("被盗", "Stolen"),
    "released": ("泄漏排放", "Released"),
    "disposed": ("处置", "Disposed"),
    "exported": ("出口", "Exported"),
    "external_out": ("转出至其他账本", "To another ledger"),
    "difference": ("未核对差异", "Unreconciled difference"),
    "variance": ("允差内偏差", "Variance within tolerance"),
}
FINDINGS: Final[Mapping[str, Words]] = {
    "auth_digest_wrong": ("提交方式与承诺不符", "How it was submitted is not what was committed to"),
    "bytes_not_of_form": ("字节不合格式", "Bytes are not of their form"),
    "chain_broken": ("链断裂", "A chain is broken"),
    "chain_head_wrong": ("链头错误", "A chain's head is wrong"),
    "checkpoint_missing": ("缺少检查点", "The signed checkpoint is missing"),
    "checkpoint_not_of_log": ("检查点与日志不符", "The checkpoint is not of this log"),
    "checkpoint_twice": ("检查点多于一个", "There is more than one checkpoint"),
    "checkpoint_wrong": ("检查点签名或内容错误", "The checkpoint is wrong or not signed by the log's key"),
    "decision_differs": ("决定与规则不符", "The rules decide otherwise than was recorded"),
    "decision_not_replayed": ("决定无法重做", "A decision could not be made again"),
    "effects_digest_wrong": ("后果与承诺不符", "Effects are not what was committed to"),
    "erased_unannounced": ("未经公告的删除", "Erased without announcement"),
    "erasure_not_done": ("已公告而未执行的删除", "Erasure announced but not done"),
    "event_hash_wrong": ("事件哈希错误", "An event's hash is wrong"),
    "event_key_wrong": ("事件键错误", "An event stands under a wrong key"),
    "event_missing": ("缺少事件", "An event is missing"),
    "event_twice": ("事件重复", "An event stands twice"),
    "guard_missing": ("缺少防改触发器", "A guard against changes is missing"),
    "heads_not_as_audited": ("链头与上次审计不同", "Chain heads are not those audited last"),
    "heads_wrong": ("已公布的链头错误", "Published chain heads are wrong"),
    "holding_negative": ("库存为负", "A holding is negative"),
    "key_not_registered": ("签名密钥未登记", "A signature's key is not registered"),
    "link_place_wrong": ("链上位置错误", "A link stands in a wrong place"),
    "links_digest_wrong": ("链接与承诺不符", "Links are not what was committed to"),
    "log_behind_signer": ("日志短于已签名的大小", "The log is shorter than what was signed"),
    "log_empty": ("日志为空", "The log is empty"),
    "log_forks_signer": ("日志与已签名的分叉", "The log forks from what was signed"),
    "log_key_not_of_form": ("日志密钥不合格式", "A log key is not of its form"),
    "log_not_extended": ("日志不是已审计日志的延续", "The log does not extend what was audited"),
    "manifest_missing": ("缺少规则清单", "A manifest is missing"),
    "manifest_not_in_force": ("所用规则清单未生效", "A manifest was not in force"),
    "manifest_wrong": ("规则清单错误", "A manifest is wrong"),
    "origin_differs": ("日志名称不同", "Another log's origin"),
    "paper_altered": ("照片被改动", "A photographed paper was altered"),
    "paper_missing": ("缺少照片", "A photographed paper is missing"),
    "posting_of_another_batch": ("记账属于另一批次", "A posting belongs to another batch"),
    "postings_not_zero": ("记账不归零", "Postings do not add up to zero"),
    "postings_outside_batch": ("记账不在批次链上", "Postings outside a batch's chain"),
    "projection_differs": ("汇总与记录不符", "A projection is not what the records make"),
    "projections_stale": ("汇总已过期", "The projections are stale"),
    "published_checkpoint_beyond_log": ("公布的检查点超出日志", "A published checkpoint lies beyond the log"),
    "published_checkpoint_wrong": ("公布的检查点错误", "A published checkpoint is wrong"),
    "read_altered": ("读取记录被改动", "A regulator's read was altered"),
    "read_log_cut": ("读取日志被截断或换掉", "The log of reads was cut or put back"),
    "read_log_wrong": ("读取日志与签名不符", "The log of reads is not as it was signed"),
    "read_missing": ("缺少读取记录", "A regulator's read is missing"),
    "record_hash_wrong": ("记录哈希错误", "A record's hash is wrong"),
    "record_index_wrong": ("记录编号错误", "A record's index is wrong"),
    "record_missing": ("缺少记录", "A record is missing"),
    "record_not_folded": ("记录无法折入状态", "A record cannot be folded into the state"),
    "record_not_in_log": ("记录不在已签名的日志中", "A record is not in the signed log"),
    "recorded_time_wrong": ("记录时间错误", "A record's time is wrong"),
    "rows_outside_log": ("日志之外的行", "Rows outside the log"),
    "section_digest_wrong": ("内容与承诺不符", "A section is not what was committed to"),
    "section_missing": ("缺少内容", "A section is missing"),
    "section_not_listed": ("未列出的内容", "A section that was not listed"),
    "signature_not_checked": ("签名无法验证", "A signature could not be checked"),
    "signature_wrong": ("签名错误", "A signature is wrong"),
    "signatures_digest_wrong": ("签名与承诺不符", "Signatures are not what was committed to"),
    "signatures_not_as_listed": ("签名与所列不符", "Signatures are not those listed"),
    "signer_state_missing": ("缺少签名状态", "The signer state is missing"),
    "signer_state_not_checked": ("签名状态无法核对", "The signer state could not be checked"),
    "tile_wrong": ("日志瓦片错误", "A tile of the log is wrong"),
    "tiles_left_over": ("日志瓦片数量不符", "There are tiles too many or too few"),
    "time_runs_backwards": ("时间倒流", "Time runs backwards"),
}


def said(words: Mapping[str, Words], name: str, lang: str) -> str:
    """Return a word in a language, "zh" or "en"; what the table lacks stands as it is."""
    known = words.get(name)
    return name if known is None else known[0 if lang == "zh" else 1]


def both(words: Mapping[str, Words], name: str) -> str:
    """Return a word in both languages."""
    known = words.get(name)
    return name if known is None else f"{known[0]} / {known[1]}"
