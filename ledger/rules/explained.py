"""What the findings of each rule mean and what ends them, in both languages: said to people, never hashed."""

from dataclasses import dataclass
from typing import Final, Literal

Ends = Literal["event", "act", "time", "stays"]
"""How a finding ends: by an event that settles it, by the act that was due, by what changes with time; or it stays."""


@dataclass(frozen=True, slots=True)
class Explained:
    """What a rule says; ``ends_zh`` and ``ends_en``: what resolves a finding; ``ends``: in which way."""

    zh: str
    en: str
    ends: Ends = "event"
    ends_zh: str = ""
    ends_en: str = ""


SETTLED_ZH: Final = "查明后，由有关方安全负责人或主管部门记录处理结果和理由"
SETTLED_EN: Final = (
    "Once it is cleared up, a safety officer concerned or an authority records the outcome with its reason"
)

EXPLAINED: Final[dict[str, Explained]] = {
    "occurred_skew@1": Explained(
        "操作时间与记录时间相差超过规定", "The stated time of the act is too far from the time it was recorded"
    ),
    "late_report@1": Explained("事后补报，晚于规定", "It was reported later than the rule allows", "stays"),
    "backdated@1": Explained(
        "补报的事情发生在规定期限之前", "What was reported lies further back than the policy allows"
    ),
    "custody@1": Explained("操作人并不保管这些货物", "Who acted did not have the goods in custody"),
    "ownership@1": Explained("卖出或转让的货物不归其所有", "Goods were sold that the seller did not own"),
    "overdraw@1": Explained("取用量大于账面库存", "More was taken than the books had there"),
    "licence@1": Explained("操作时没有有效许可证", "No licence covered the act when it happened"),
    "recall@1": Explained(
        "该批次已被召回",
        "The batch is recalled",
        "event",
        "召回完成后由主管部门记录",
        "An authority records that it is complete",
    ),
    "recall_unacknowledged@1": Explained(
        "持有者未在期限内确认召回",
        "A holder has not acknowledged the recall in time",
        "act",
        "持有者确认召回，或不再持有",
        "The holder acknowledges the recall, or holds none of it any more",
    ),
    "hold@1": Explained("货物在冻结中被动用", "Goods on hold were used"),
    "hold@2": Explained("批次、容器或场所冻结期间被动用", "Goods, a container or a site on hold were used"),
    "licence_expired@1": Explained(
        "使用、交易或运输时，所依据的许可证已经到期",
        "Goods were used, traded or carried under a licence that had ended by then",
    ),
    "expiry@1": Explained("使用或销售了过期货物", "Expired goods were used or sold"),
    "order@1": Explained("步骤的先后次序不对", "Steps did not come in their order"),
    "tolerance@1": Explained(
        "计量差异在允差之内",
        "A measured difference within the tolerance",
        "stays",
        "不需处理，累计另算",
        "Nothing; the sum is watched apart",
    ),
    "variance_in_sum@1": Explained(
        "一个批次各次差异累计超过规定", "The variances of a batch add up to more than the rule allows"
    ),
    "shortage@1": Explained(
        "盘点实物少于账面，超过允差", "A count found less than the books have, beyond the tolerance"
    ),
    "surplus@1": Explained(
        "盘点实物多于账面，超过允差", "A count found more than the books have, beyond the tolerance"
    ),
    "difference@1": Explained(
        "发货与收货数量不一致",
        "What was received is not what was sent",
        "event",
        "双方提出一致的对账结论",
        "Both sides settle it with the same outcome",
    ),
    "unexplained@1": Explained(
        "动用了账上没有的货物，来源不明",
        "Goods were used that the books did not have: nobody says where they came from",
    ),
    "yield@1": Explained("反应收率超出产品配方范围", "The yield of a reaction is outside the recipe's range"),
    "attribution@1": Explained("混合或分装后各来源批次的上限", "Upper bounds of the lots in a blend", "stays"),
    "capacity@1": Explained("装入量超过容器容量", "More was filled in than the container takes"),
    "inspection_due@1": Explained("容器检验已到期仍在充装", "A container was filled after its inspection was due"),
    "counterparty_unconfirmed@1": Explained(
        "买卖或收发的另一方没有确认", "The other party of a sale or handover has not confirmed it"
    ),
    "loss@1": Explained("报告了丢失或被盗", "Loss or theft was reported"),
    "release@1": Explained("报告了泄漏或排放", "A spill or release was reported"),
    "incident@1": Explained("报告了事故", "An incident was reported"),
    "unordered@1": Explained("收到没有单据的货物", "Goods came in without an order"),
    "quality@1": Explained("批次检验不合格", "A batch failed its test"),
    "corrected@1": Explained(
        "记录被更正，后续记录受影响", "A record was corrected; what followed from it is flagged", "stays"
    ),
    "waybill@1": Explained("电子运单缺少必填项", "The waybill lacks what it must say"),
    "crew@1": Explained(
        "承运人、车辆、驾驶员或押运员没有有效证照", "Carrier, vehicle, driver or escort had no licence in force"
    ),
    "sds@1": Explained("没有有效的安全技术说明书或标签", "No current safety data sheet or label"),
    "buyer_licence@1": Explained("买方没有有效许可证", "The buyer had no licence in force"),
    "permit@1": Explained(
        "没有购买许可或合法用途说明，或数量已用完", "No purchase permit or lawful-use statement, or it was used up"
    ),
    "two_person@1": Explained("应双人签名，只有一人", "Two people had to sign; one did"),
    "signature@1": Explained("签名人数不足", "Fewer people signed than the rule asks for"),
    "succeeded@1": Explained("单位已由他人承继，仍以旧单位操作", "An organisation acted that another has succeeded"),
    "key_compromised@1": Explained("签名密钥事后报告失密", "The signing key was later reported compromised", "stays"),
    "label_authority@1": Explained("处置了别人的标签", "A label of somebody else was issued or voided"),
    "label_authority@2": Explained(
        "处置了别人的标签，或给别人的东西贴码", "A label was issued for, or taken from, what is somebody else's"
    ),
    "gtin@1": Explained("使用了别人的全球贸易项目代码", "A GTIN of another company's prefix was used"),
    "costorage@1": Explained(
        "货物进入该厂区批准表禁止同存的库位",
        "Goods came to a bay where the site's approved table keeps them apart from what lies there",
    ),
    "impossible_travel@1": Explained(
        "同一标签先后出现在两地，路上来不及：标签可能被仿制；规则的误报率见其参数",
        "One label was seen at two places too far apart to travel: it may be copied; the rule states its false alarms",
        "act",
        "安全员在“扫码异常”页写明查到了什么（事件 storage.inspected）",
        "A safety officer says on “What scans show” what it was (an event storage.inspected)",
    ),
    "scanned_after_end@1": Explained(
        "货物已用尽，标签又在别处被当作有货扫描：标签可能被仿制",
        "By the books nothing is left, and the label was scanned elsewhere for goods: it may be copied",
        "act",
        "安全员在“扫码异常”页写明查到了什么（事件 storage.inspected）",
        "A safety officer says on “What scans show” what it was (an event storage.inspected)",
    ),
    "two_places@1": Explained(
        "货物未离开一处，标签又在另一处出现：标签可能被仿制",
        "It did not leave one place, and the label was seen at another: it may be copied",
        "act",
        "安全员在“扫码异常”页写明查到了什么（事件 storage.inspected）",
        "A safety officer says on “What scans show” what it was (an event storage.inspected)",
    ),
    "un_row@1": Explained(
        "产品登记的 UN 条目不在品名表中", "The product names a row that the dangerous goods table lacks"
    ),
    "transfer_order@1": Explained("流转步骤不符合次序", "Steps of the transfer did not come in their order"),
    "step_missing@1": Explained("运输中间步骤没有记录", "A step of the carriage was not recorded"),
    "unsigned_counterpart@1": Explained("对方只在纸面签字，附照片", "The other party signed on paper alone"),
    "settled@1": Explained("收发差异已有结论", "A difference was settled", "stays"),
    "refused_goods@1": Explained("收货方拒收", "The consignee refused goods"),
    "answer_overdue@1": Explained(
        "报价到期未答复",
        "An offer was not answered in time",
        "act",
        "接受、谢绝或撤回报价",
        "The offer is agreed to, declined or cancelled",
    ),
    "overdue@1": Explained(
        "货物或车次过了计划到达时间仍未到",
        "Goods or a trip have not arrived by the planned time",
        "act",
        "收货、到达、改道（新的计划时间）或取消",
        "Receipt, arrival, a diversion with a new time, or cancellation",
    ),
    "filing@1": Explained(
        "管制品买卖过期未备案",
        "A sale or purchase of controlled goods was not filed in time",
        "act",
        "向主管部门备案并记录",
        "It is filed with the authority, and the filing recorded",
    ),
    "licence_expiring@1": Explained(
        "许可证即将到期", "A licence ends soon", "act", "登记续期的许可证", "The renewed licence is registered"
    ),
    "licence_ended@1": Explained(
        "许可证已到期，没有续期",
        "A licence has ended and none follows",
        "act",
        "登记续期的许可证",
        "The renewed licence is registered",
    ),
    "request_overdue@1": Explained(
        "主管部门的要求到期未答复",
        "What an authority asked for was not answered in time",
        "act",
        "被要求的单位答复，或主管部门结案",
        "Who was asked answers it, or the authority closes it",
    ),
    "sight@1": Explained("限期查看授权的期限", "How long sight may be given to another authority", "stays"),
    "expired_stock@1": Explained(
        "库存中还有过期的批次",
        "Some of an expired batch is still in stock",
        "act",
        "处置、退回或用尽",
        "It is disposed of, returned or gone",
    ),
    "static@1": Explained(
        "库存长期没有收发，超过该类别的期限",
        "Stock was not touched for longer than the term of its class",
        "act",
        "移动、使用、出库或处置；盘点改变数量也算",
        "It is moved, used, sent out or disposed of; a count that changes it counts, too",
    ),
    "counter_gap@1": Explained(
        "设备的流水号有缺：有操作没有上传",
        "Numbers of a device are missing: something was scanned and never arrived",
        "act",
        "设备补传缺失的记录",
        "The device sends in what is missing",
    ),
    "over_threshold@1": Explained(
        "在库量按 GB 18218 折算达到临界量（不是设计最大量，不作为法定 S 值）",
        "Live stock, weighed as GB 18218 does, reaches the threshold; it is not the design maximum and not the legal S",
        "time",
        "库存降到临界量以下",
        "Stock falls below the threshold",
    ),
    "over_maximum@1": Explained(
        "在库量按 GB 18218 折算超过该单元登记的设计最大量",
        "Live stock, weighed as GB 18218 does, is more than the unit registered as its design maximum",
        "time",
        "库存降下来，或登记新的设计最大量",
        "Stock falls, or the site registers another design maximum",
    ),
    "over_capacity@1": Explained(
        "库位存放超过登记的容量",
        "More lies in a location than the site says it holds",
        "time",
        "移走超出部分",
        "What is too much is moved away",
    ),
    "stored_together@1": Explained(
        "同一库位存放了该厂区批准表禁止同存的类别",
        "Classes lie in one location that the site's approved table keeps apart",
        "act",
        "其中一种移走",
        "One of them is moved away",
    ),
    "grid_conflict@1": Explained(
        "同一库位或车辆上的类别不符合隔离表（49 CFR 177.848），厂区没有批准的表",
        "Classes lie in one place that the grid of 49 CFR 177.848 keeps apart, and the site has no table in force",
        "act",
        "其中一种移走，或登记批准的同存表",
        "One of them is moved away, or the site registers an approved table",
    ),
    "resolver@1": Explained("了结了他人陈述的问题", "Somebody settled a finding that was not theirs to settle"),
    "endorsement@1": Explained(
        "新密钥由其持有人自己的另一把密钥认可，当时本单位没有其他人持有密钥",
        "A key was endorsed with another key of the same person, when nobody else there held one",
        "act",
        "撤销该密钥，由他人认可新的密钥",
        "The key is revoked, and another one endorsed by somebody else",
    ),
    "would_have_been_refused@1": Explained(
        "事后报告的操作，事前会被拒绝", "It was reported afterwards; asked for before, it would have been refused"
    ),
}


def explained(rule: str) -> Explained:
    """What is said about a rule; of one that nobody explained, how findings end in general."""
    known = EXPLAINED.get(rule, Explained("", ""))
    if known.ends_zh:
        return known
    if known.ends == "stays":
        return Explained(
            known.zh, known.en, "stays", "作为记录保留，不需处理", "It stays on record; nothing has to be done"
        )
    return Explained(known.zh, known.en, known.ends, SETTLED_ZH, SETTLED_EN)
