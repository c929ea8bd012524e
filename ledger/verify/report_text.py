"""A report in words, Chinese and English: plain tables, so that the verifier needs no catalogue machinery.

`render` gives the lines of a report, `failure` those of an error. A language other than "zh…" is English.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from ledger.core.effects import Account
from ledger.core.quantity import kg
from ledger.errors import VerificationError
from ledger.errors.catalogue import render as render_problem
from ledger.verify.report import Facts, Report


class Words(NamedTuple):
    """One text in both languages; a `str.format` template over the facts."""

    zh: str
    en: str


STEPS: Final[Mapping[str, Words]] = {
    "form": Words("格式规范", "form and canonical bytes"),
    "sections": Words("分节摘要", "digests of the sections"),
    "event": Words("事件哈希", "event hash"),
    "events": Words("事件哈希", "event hashes"),
    "entries": Words("来源与时间次序", "origin and order of times"),
    "genesis": Words("创世记录", "first record of the ledger"),
    "log_key": Words("日志密钥", "log key"),
    "checkpoint": Words("检查点签名", "signature of the checkpoint"),
    "checkpoints": Words("两个检查点的签名", "signatures of both checkpoints"),
    "contradiction": Words("互相矛盾", "contradiction between them"),
    "tree": Words("日志树", "tree of the log"),
    "inclusion": Words("日志收录证明", "inclusion in the log"),
    "signatures": Words("参与方签名", "signatures of the parties"),
    "links": Words("链接摘要", "links of the records"),
    "chain": Words("链的连续性", "continuity of the chain"),
    "heads": Words("链的完整性", "completeness of the chain"),
    "effects": Words("入账摘要", "digests of the effects"),
    "kilograms": Words("千克数合计", "sum of the kilograms"),
    "parts": Words("各部分与目录", "parts and their index"),
    "period": Words("时段", "period"),
    "seal": Words("目录签名", "signature of the index"),
    "policy": Words("信任策略", "trust policy"),
}

VERDICTS: Final[Mapping[str, Words]] = {
    "genuine": Words("真实：与所给信任策略一致。", "Genuine: it meets the policy you gave."),
    "consistent_not_pinned": Words(
        "自洽，但未固定日志密钥：未提供信任策略，不能断定出自真正的账本。",
        "Consistent, log key not pinned: without a policy this does not show that the true ledger made it.",
    ),
    "demo": Words("演示账本：其中数据均为虚构。", "DEMO ledger: its data are invented."),
    "demo_not_shown": Words(
        "回执不显示账本是否为演示。", "A receipt does not show whether the ledger is a demonstration."
    ),
    "complete": Words(
        "截至日志大小 {n}（时间 {time}）完整：{records} 条记录。",
        "Complete as of log size {n}, time {time}: {records} records.",
    ),
    "completeness_not_shown": Words(
        "未证明完整：文件中没有已公布的链头。",
        "Completeness not shown: the file holds no published heads of this chain.",
    ),
    "newer": Words(
        "另有 {newer} 条更新的记录，尚无链头证明其后再无记录。",
        "{newer} newer records are included; no published heads cover them yet.",
    ),
    "all_disclosed": Words("全部 {records} 条记录均已披露。", "All {records} records are disclosed to you."),
    "not_disclosed": Words(
        "{records} 条记录中有 {hidden} 条未（完全）向您披露。",
        "{hidden} of {records} records not (fully) disclosed to you.",
    ),
    "by_registrar": Words(
        "{records} 条由参与方签名，其身份经登记机构证明。",
        "{records} signed by a party whose identity a registrar vouches for.",
    ),
    "by_ledger": Words(
        "{records} 条由参与方签名，其身份仅由账本声明。",
        "{records} signed by a party; identity asserted by the ledger only.",
    ),
    "by_attested": Words("{records} 条无签名，仅由账本证明其提交。", "{records} unsigned: attested by the ledger."),
    "by_not_shown": Words("{records} 条只显示记录哈希。", "{records} shown as bare records."),
    "key_compromised": Words(
        "{records} 条由某密钥签名,该密钥事后被报告自 {since} 起失密。",
        "{records} signed by a key later reported compromised since {since}.",
    ),
    "key_owner_not_shown": Words(
        "签名有效；回执不显示密钥属于谁。", "The signature is valid; a receipt does not show whose key it is."
    ),
    "about_transfer": Words(
        "一次交付：其自身、运单与批次共 {chains} 条链；记录按链计，共 {records} 条。",
        "A transfer: its own chain and those of its shipments and batches. Chains: {chains}; records, counted in each "
        "of their chains: {records}.",
    ),
    "about_site": Words(
        "一处场所在一个时段内记录的全部事项：{records} 条记录（含时段之前的最后一条）。",
        "All that was recorded at a site in a period: {records} records, the last one before the period among them.",
    ),
    "about_region": Words(
        "一个区域在一个时段内记录的全部事项：{chains} 条链；记录按链计，共 {records} 条。",
        "All that was recorded in a region in a period. Chains: {chains}; records, counted in each of their chains: "
        "{records}.",
    ),
    "chains_complete": Words(
        "{chains} 条链中有 {complete} 条完整，截至日志大小不小于 {n}（时间 {time}）。",
        "Complete as of log size {n} or later, time {time}: {complete} of {chains} chains.",
    ),
    "chains_not_complete": Words(
        "{chains} 条链未证明完整：没有已公布的链头包含它们。",
        "Completeness not shown: {chains} chains. No published heads include them.",
    ),
    "period_covered": Words(
        "自 {start} 起、{end} 之前记录在这些链上的，无一遗漏。在此期间发生而后来才记录的，不在其中。",
        "Nothing recorded in these chains from {start} to before {end} is left out. What happened then and was "
        "recorded later is not part of it.",
    ),
    "period_open": Words(
        "时段 {start} 至 {end}：仅证明到 {time} 为止无遗漏，此后尚未公布链头。",
        "Period {start} to {end}: shown to be without gaps up to {time} only; no heads were published since.",
    ),
    "list_signed": Words(
        "账本签名声明了链的目录：即此处显示的 {chains} 条，以及未披露的条数。",
        "The ledger signed the list of chains: those shown here ({chains}), and the number withheld.",
    ),
    "list_not_signed": Words(
        "涉及哪些链，账本没有签名声明：可能缺少整条链。",
        "The ledger did not sign which chains these are: whole chains may be missing.",
    ),
    "chains_withheld": Words(
        "此外还有 {withheld} 条链未向您披露。", "Besides these, chains not disclosed to you: {withheld}."
    ),
    "batches_add_up": Words(
        "千克数已核：{batches} 个批次的账户各自合计为零，无负库存。",
        "Kilograms add up: the accounts of each of {batches} batches sum to zero, no holding is ever negative.",
    ),
    "batches_not_added_up": Words(
        "{batches} 个批次中有 {rest} 个的千克数未核：有入账未披露，或未从首条记录起显示。",
        "Kilograms of {rest} of {batches} batches not added up: effects are withheld, or the first records not shown.",
    ),
    "cosigned": Words(
        "文件带有 {witnesses} 个见证方的会签，但策略未指定见证方。",
        "Cosigned by {witnesses} witnesses, whom no policy of yours names.",
    ),
    "quorum_met": Words("见证法定组合已满足。", "The quorum of witnesses that your policy asks for has cosigned."),
    "misbehaviour": Words(
        "失信证明成立：您所信任的日志 {origin} 签署了互相排斥的历史。请保留此文件，停止信任该日志，并出示给他人。",
        "PROOF OF MISBEHAVIOUR: the log {origin}, which you trust, signed histories that exclude each other. "
        "Keep this file, trust the log no longer, and show it to others.",
    ),
    "misbehaviour_not_pinned": Words(
        "失信证明成立：密钥 {vkey} 的持有者签署了互相排斥的历史。未提供信任策略，不能断定这是真正账本的密钥。",
        "PROOF OF MISBEHAVIOUR: whoever holds the key {vkey} signed histories that exclude each other. "
        "Without a policy this does not show that it is the true ledger's key.",
    ),
    "forked": Words(
        "大小为 {second} 的日志，其前 {first} 条记录与大小为 {first} 的检查点不符。",
        "The first {first} records of the log of size {second} are not those of its checkpoint of size {first}.",
    ),
    "leaf_replaced": Words("两份历史中的第 {index} 条记录不同。", "Record {index} is not the same in both histories."),
    "record_withheld": Words(
        "{chain} 的第 {index} 条记录被隐瞒：在 {n} 处公布的链头称第 {head} 条为该链末条。",
        "Record {index} of {chain} was withheld: the heads published at {n} name record {head} as its last.",
    ),
    "adds_up": Words(
        "千克数已核：{accounts} 个账户合计为零，无负库存。",
        "Kilograms add up: {accounts} accounts sum to zero, no holding is ever negative.",
    ),
    "not_added_up": Words(
        "千克数未核：{withheld} 条记录的入账未披露。",
        "Kilograms not added up: the effects of {withheld} records are withheld.",
    ),
}

NOT_TAKEN: Final = Words("未能核验", "not shown")
HOLDS: Final = Words("通过", "holds")
BROKEN: Final = Words("未通过：步骤“{step}”。", "FAILED at the step: {step}.")
FIELD: Final = Words("位置：{field}", "Where: {field}")


def say(words: Words, lang: str, facts: Facts | None = None) -> str:
    """Put a text into a language and fill in its facts."""
    return (words.zh if lang.lower().startswith("zh") else words.en).format_map(facts or {})


def account_name(account: Account) -> str:
    """Return an account as text: a word, or the parts of a holding after its batch."""
    return account if isinstance(account, str) else " ".join(account[1:])


def render(report: Report, lang: str) -> list[str]:
    """Return the lines of a report: subject, steps, verdict, and the balance of each account."""
    lines = [f"{report.spec} {report.origin} {report.subject}"]
    for taken in report.steps:
        state = say(HOLDS if taken.ok else NOT_TAKEN, lang)
        lines.append(f"  {say(STEPS[taken.name], lang)}: {state}")
    lines.extend(say(VERDICTS[part.code], lang, part.facts) for part in report.verdict)
    lines.extend(f"  {account_name(account)}: {kg(mg)} kg" for account, mg in report.accounts)
    return lines


def failure(error: VerificationError, lang: str) -> list[str]:
    """Return the lines of a failed verification: the step that broke, what is wrong, and where."""
    lines = [say(BROKEN, lang, {"step": say(STEPS[error.step], lang)}), render_problem(error.problem, lang)["detail"]]
    return [*lines, say(FIELD, lang, {"field": error.field})] if error.field else lines
