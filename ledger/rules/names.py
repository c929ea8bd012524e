"""Every rule there is, by name, with how grave its findings are and what it is called by people.

A name is ``<rule>@<n>``. What a rule does never changes under its name; a new behaviour is a new ``@n``.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RuleName:
    """How a rule's findings are shown."""

    severity: str
    zh: str
    en: str


RULES = {
    "occurred_skew@1": RuleName("info", "时间偏差", "time of the act"),
    "late_report@1": RuleName("info", "补报", "late report"),
    "backdated@1": RuleName("warning", "倒签超出规定", "backdated beyond policy"),
    "custody@1": RuleName("critical", "不在其保管之下", "not in the actor's custody"),
    "ownership@1": RuleName("critical", "不归其所有", "not owned by the actor"),
    "overdraw@1": RuleName("critical", "超出库存", "more than the holding has"),
    "licence@1": RuleName("critical", "无有效许可证", "no licence in force"),
    "licence_expired@1": RuleName("critical", "许可证当时已到期", "licence had ended by then"),
    "recall@1": RuleName("critical", "已召回", "recalled"),
    "hold@1": RuleName("critical", "已冻结", "on hold"),
    "hold@2": RuleName("critical", "已冻结", "on hold"),
    "expiry@1": RuleName("warning", "已过期", "expired"),
    "order@1": RuleName("warning", "步骤次序", "order of steps"),
    "tolerance@1": RuleName("warning", "允差", "variance within tolerance"),
    "variance_in_sum@1": RuleName("warning", "累计差异过大", "variance in sum"),
    "shortage@1": RuleName("critical", "盘亏", "shortage"),
    "surplus@1": RuleName("warning", "盘盈", "surplus"),
    "difference@1": RuleName("warning", "收发差异未对清", "unreconciled difference"),
    "unexplained@1": RuleName("critical", "来源不明", "unexplained source"),
    "yield@1": RuleName("warning", "收率异常", "yield out of range"),
    "attribution@1": RuleName("info", "批次构成", "attribution of lots"),
    "capacity@1": RuleName("warning", "超过容器容量", "over the container's capacity"),
    "inspection_due@1": RuleName("warning", "容器检验到期", "container inspection overdue"),
    "counterparty_unconfirmed@1": RuleName("warning", "对方未确认", "counterparty unconfirmed"),
    "loss@1": RuleName("critical", "丢失或被盗", "loss or theft"),
    "release@1": RuleName("critical", "泄漏排放", "released to the environment"),
    "incident@1": RuleName("critical", "事故", "incident"),
    "unordered@1": RuleName("warning", "无单收货", "received without an order"),
    "quality@1": RuleName("warning", "检验不合格", "failed a quality test"),
    "corrected@1": RuleName("warning", "已更正", "corrected"),
    "waybill@1": RuleName("warning", "运单缺项", "incomplete waybill"),
    "crew@1": RuleName("critical", "承运人、车辆或人员无有效证照", "carrier, vehicle or crew without a licence"),
    "sds@1": RuleName("warning", "缺少安全技术说明书或标签", "no current safety data sheet or label"),
    "buyer_licence@1": RuleName("critical", "买方无有效许可证", "buyer without a licence in force"),
    "permit@1": RuleName("critical", "无购买许可或合法用途说明", "no purchase permit or lawful-use statement"),
    "two_person@1": RuleName("critical", "未双人签名", "not signed by two people"),
    "signature@1": RuleName("warning", "签名人数不足", "too few signatures"),
    "succeeded@1": RuleName("critical", "单位已由他人承继", "succeeded by another organisation"),
    "key_compromised@1": RuleName("info", "密钥事后报告失密", "signed by a key later reported compromised"),
    "label_authority@1": RuleName("critical", "无权处置的标签", "a label of somebody else"),
    "label_authority@2": RuleName("critical", "无权处置的标签", "a label of somebody else"),
    "gtin@1": RuleName("critical", "GTIN 不属于本单位", "somebody else's GTIN"),
    "costorage@1": RuleName("critical", "禁忌物同库存放", "stored with what is kept apart"),
    "impossible_travel@1": RuleName("critical", "标签疑似仿制：来不及到达", "label may be copied: too far to travel"),
    "scanned_after_end@1": RuleName(
        "critical", "标签疑似仿制：用完后又出现", "label may be copied: seen after its end"
    ),
    "two_places@1": RuleName("critical", "标签疑似仿制：同时在两处", "label may be copied: in two places"),
    "counter_gap@1": RuleName("warning", "设备扫码序号缺失", "scans of a device are missing"),
    "un_row@1": RuleName("warning", "品名表中无此条目", "no such row in the dangerous goods table"),
    "transfer_order@1": RuleName("critical", "流转步骤次序", "steps of the transfer"),
    "step_missing@1": RuleName("warning", "缺少步骤", "a step is missing"),
    "unsigned_counterpart@1": RuleName("warning", "对方仅纸面签字", "unsigned counterpart"),
    "settled@1": RuleName("info", "收发差异已对清", "difference settled"),
    "refused_goods@1": RuleName("warning", "货物被拒收", "goods refused"),
    "answer_overdue@1": RuleName("warning", "逾期未答复", "no answer in time"),
    "overdue@1": RuleName("warning", "逾期未到", "overdue"),
    "filing@1": RuleName("critical", "逾期未备案", "not filed in time"),
    "licence_expiring@1": RuleName("warning", "许可证即将到期", "licence expiring"),
    "request_overdue@1": RuleName("warning", "逾期未答复主管部门", "no answer to an authority in time"),
    "sight@1": RuleName("info", "限期查看授权", "sight for a limited time"),
    "licence_ended@1": RuleName("critical", "许可证已到期未续", "licence ended"),
    "expired_stock@1": RuleName("warning", "库存已过有效期", "expired stock"),
    "static@1": RuleName("warning", "库存长期未动", "stock static too long"),
    "over_threshold@1": RuleName("warning", "在库量超过临界量", "live stock over the threshold"),
    "over_maximum@1": RuleName("critical", "在库量超过登记的设计最大量", "live stock over the registered maximum"),
    "over_capacity@1": RuleName("warning", "库位超过容量", "over the capacity of a location"),
    "stored_together@1": RuleName("critical", "禁忌物品同库存放", "stored together against the site's table"),
    "grid_conflict@1": RuleName("warning", "隔离表不允许同处", "kept together against the segregation grid"),
    "resolver@1": RuleName("critical", "无权了结他人的问题", "a finding of others settled"),
    "recall_unacknowledged@1": RuleName("critical", "召回逾期未确认", "recall not acknowledged in time"),
    "endorsement@1": RuleName("warning", "密钥由本人认可", "a key endorsed by its own holder"),
    "would_have_been_refused@1": RuleName("critical", "本应被拒绝", "would have been refused"),
}
