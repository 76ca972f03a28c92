"""A text made plain for reading: one width, simplified characters, one sort of bracket; each place leads back to what was written."""

import re
from dataclasses import dataclass

# Traditional characters of official papers and their simplified ones, in pairs.
_TRADITIONAL = (
    "縣县鎮镇鄉乡區区國国務务業业農农場场監监機机關关辦办廳厅處处陽阳門门單单員员會会議议紀纪紐纽負负責责牽牵頭头協协聯联參参與与並并"
    "職职權权組组織织領领導导實实開开檢检覈核對对應应當当須须請请將将為为個个於于從从後后來来這这進进過过還还該该說说報报發发佈布製制"
    "訂订設设備备標标準准規规範范條条約约則则細细點点檔档臺台賬账帳账據据計计劃划總总結结統统題题問问項项類类級级層层環环節节間间時时"
    "長长週周內内號号歲岁歷历曆历術术產产質质價价費费買买賣卖購购銷销貨货錢钱財财資资稅税審审評评獎奖懲惩罰罚違违訴诉訟讼調调糾纠紛纷"
    "賠赔償偿護护衛卫療疗醫医藥药學学習习訓训練练課课師师體体遊游廣广電电視视網网絡络絲丝線线數数碼码訊讯傳传講讲論论輿舆轉转運运輸输"
    "車车輛辆軌轨鐵铁橋桥樓楼廠厂礦矿營营養养飲饮館馆鋪铺舖铺攤摊販贩貿贸飼饲種种糧粮穀谷魚鱼雞鸡豬猪蟲虫災灾險险風风氣气熱热燈灯煙烟"
    "塵尘淨净濟济濕湿灣湾滿满漲涨潔洁澤泽測测況况決决確确認认識识別别訪访詢询談谈話话諮咨詳详謹谨讓让誠诚譽誉誰谁諒谅諾诺謀谋變变貫贯"
    "貼贴賀贺賴赖賽赛贈赠贏赢趙赵跡迹踐践軍军輔辅輕轻較较載载辭辞邊边遠远適适遲迟選选遺遗鄰邻醬酱釋释鋼钢錄录鍵键鎖锁鏈链鐘钟閉闭閒闲"
    "閱阅隊队階阶際际隨随隱隐雙双雜杂離离難难雲云靈灵靜静響响頁页頂顶順顺預预頒颁頻频願愿顧顾顯显飛飞驗验驟骤驅驱駐驻騙骗鬧闹鮮鲜麗丽"
    "麥麦麼么黃黄黨党齊齐齡龄龍龙歸归擔担擬拟擇择擊击擾扰攜携攝摄敗败敘叙斷断暢畅曉晓書书東东極极構构樣样樹树橫横欄栏歡欢殘残殺杀毀毁"
    "沒没沖冲淺浅減减溝沟溫温滅灭漢汉潛潜濃浓灑洒爭争爾尔狀状獨独獲获現现異异畢毕畫画癥症盜盗盡尽盤盘眾众矚瞩礎础禮礼禍祸穩稳窮穷競竞"
    "筆笔築筑簡简簽签籌筹紅红純纯納纳終终絕绝給给經经綜综綠绿維维緊紧緒绪締缔編编緩缓緣缘縮缩績绩繳缴繼继續续罷罢義义聖圣聞闻聲声聽听"
    "肅肃脅胁腦脑臨临舉举舊旧艱艰藝艺蘇苏虧亏補补裝装複复復复襲袭見见覽览觀观觸触討讨記记許许証证證证詐诈試试詞词詩诗誤误譯译讀读賓宾"
    "賞赏贊赞軟软輪轮輯辑轄辖連连達达遞递郵邮鄭郑釐厘針针銀银鋒锋錯错閃闪闆板陳陈陸陆隸隶雖虽額额飯饭馬马駕驾騰腾驚惊億亿優优儘尽儲储"
    "兒儿兩两冊册凍冻凱凯創创劑剂剛刚劇剧動动勞劳勢势勵励勸劝匯汇卻却厲厉叢丛吳吴啟启喪丧嚴严團团園园圍围圖图圓圆執执堅坚塊块塗涂墊垫"
    "壓压壞坏壽寿夠够夾夹奪夺奮奋妝妆婦妇媽妈孫孙寧宁寫写寬宽寶宝尋寻屆届屬属岡冈島岛峽峡帶带幣币幫帮幹干庫库廢废彈弹強强彙汇徑径徵征"
    "徹彻恆恒惡恶惱恼愛爱態态慣惯慶庆憂忧憑凭懇恳戶户戰战戲戏拋抛挾挟捨舍掃扫掛挂採采揚扬換换損损搖摇搶抢撥拨擁拥"
)
_PUNCTUATION = {
    **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    **dict.fromkeys(",，﹐", "，"),
    **dict.fromkeys(":：︰", "："),
    **dict.fromkeys(";；﹔", "；"),
    **dict.fromkeys("!！", "！"),
    **dict.fromkeys("?？", "？"),
    **dict.fromkeys("(（〔[［【﹝", "（"),
    **dict.fromkeys(")）〕]］】﹞", "）"),
    **dict.fromkeys("﹑､", "、"),
    **dict.fromkeys("～~—–－―─‐-", "-"),
    **dict.fromkeys("「『＂〝", "“"),
    **dict.fromkeys("」』〞", "”"),
    **dict.fromkeys("·•・∙‧", "·"),
    **dict.fromkeys("\u3000\u00a0\u2002\u2003\u2009", " "),
    **dict.fromkeys("|｜│┃", "\t"),
    **dict.fromkeys("\r\u2028\u2029\v\f", "\n"),
    **dict.fromkeys("\ue000\ue001\ue002\ue003\ue004", " "),  # kept for the marks a shape is written with
    "．": ".",
    "｡": "。",
}
_PLAIN = str.maketrans({**dict(zip(_TRADITIONAL[::2], _TRADITIONAL[1::2], strict=True)), **_PUNCTUATION})
_NUMERAL = "0-9〇○零一二三四五六七八九十廿"
_LABEL = re.compile("【([一-龥]{2,6})】")  # 【责任单位】 is a label like 责任单位：
# A full stop typed as a dot: behind a word, before another or at the end of the line; 一.加强 is a number and 3.5 one too.
_DOT = re.compile(r"(?<=[\u4e00-\u9fff）”%])(?<![一二三四五六七八九十])\.(?=[\u4e00-\u9fff“《（①-⑳\d\s]|$)")
_THOUSANDS = re.compile(r"(?<=\d)，(?=\d{3}(?!\d))")
# Spaces a copy leaves around numbers (2026 年 6 月 30 日) and marks without width; a space anywhere else may part two columns.
_NO_SPACE = re.compile(
    rf"[\u200b\u200c\u200d\ufeff]|(?<=[{_NUMERAL}]) +(?=[年月日号季个天周旬份])|(?<=[年月]) +(?=[{_NUMERAL}底末份])"
    rf"|(?<=[日号底末内]) +(?=前|之前|以前)"
    rf"|(?<=[于在至到每]) +(?=[{_NUMERAL}])"
)


@dataclass(frozen=True)
class Plain:
    """The plain text, and for each of its characters the place in the text as written."""

    text: str
    offsets: list[int]

    def span(self, start: int, end: int) -> list[int]:
        """The code points [start, end) of the text as written that these plain ones were read from."""
        return [self.offsets[start], self.offsets[end - 1] + 1] if end > start else [0, 0]


def plain(written: str) -> Plain:
    """Make a text plain. Nothing is added or moved, so a stretch of it is always a stretch of what was written."""
    text = _DOT.sub("。", _THOUSANDS.sub(",", _LABEL.sub(r" \1：", written).translate(_PLAIN)))
    dropped = [(found.start(), found.end()) for found in _NO_SPACE.finditer(text)]
    if not dropped:
        return Plain(text, list(range(len(text))))
    pieces, offsets, at = list[str](), list[int](), 0
    for start, end in [*dropped, (len(text), len(text))]:
        pieces.append(text[at:start])
        offsets.extend(range(at, start))
        at = end
    return Plain("".join(pieces), offsets)


def plain_name(name: str) -> str:
    """A name of the register, made plain the same way."""
    return plain(name.strip()).text
