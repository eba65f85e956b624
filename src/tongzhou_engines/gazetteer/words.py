"""What stands around a bare name and shows that no division is meant: roads, landmarks, schools, banks."""

from __future__ import annotations

import re

__all__ = ["BRANCH", "COMMON", "COMPANY", "KIND_CUT", "LANDMARK", "OLD_TOWN", "ROAD", "SCHOOL", "SKIP", "TOWN", "ZONE"]

_WAY = "路|街|大道|道|巷|胡同|弄|线|高速|快速|环线|环路|立交|大桥|桥|隧道|国道|省道|铁路|公路"
#: Right after a bare name: a road (中山北路, 汉阳大道, 武昌一路).
ROAD = re.compile(rf"[东西南北中上下内外前后新老旧大小横纵正]?[一二三四五六七八九十\d]{{0,3}}(?:{_WAY})")
_LEARNING = (
    "科技|工业|农业|师范|医科|中医药|理工|交通|财经|民族|工程|政法|外国语|商|医药|体育|音乐|美术|电力|林业|海洋|石油|矿业|邮电|"
    "建筑|航空航天|电子科技|工商|外贸|中医|职业技术|职业|经济|大"
)
#: Right after a bare name: something that carries a name from elsewhere (河北工业大学 lies in 天津).
SCHOOL = re.compile(
    rf"(?:{_LEARNING})?(?:大学|学院)|师大|医大|(?:商业|农商|农村商业|发展)?银行|证券|石油|石化|油田|航空|籍|省籍|人(?!民)|话|菜|"
    r"小吃|火锅|拉面|米粉|烤鸭|热干面|螺蛳粉|特产|口味|(?<=公安)[局厅部处分系机交]"
)
#: Right after a bare name: a landmark or a house that need not stand in the division it is named for.
LANDMARK = re.compile(
    r"[东西南北大新]?(?:宾馆|酒店|大?饭店|旅馆|山庄|大厦|大楼|商厦|商场|商城|广场|花园|花苑|家园|公寓|小区|新村|新城|国际|苑|"
    r"火车站|[高铁]*站|车站|机场|码头|港口|港|湾|岛|山(?!水)|湖|河|江|海|泉|溪|公园|植物园|动物园|体育|礼堂|剧[院场]|寺|庙|塔|门|"
    r"风景|景区|度假|古城|古镇|老街|集团|公司|股份|学校|小学|中学|高中|[一二三四五六七八九十\d]中)"
)
#: Right after a bare name: (深圳)有限公司 names where a company is registered, not where it is.
COMPANY = re.compile(r"[)）]?(?:股份|集团|控股|医药)?(?:有限|股份)")
#: Right after a bare name: a development zone, no division, maybe in another city (曲江新区 in 西安, 曲江区 in 韶关).
_ZONE_WORD = "国家级?|级|经济|技术|产业|工业|综合|保税|开发|科技|生态|旅游|示范|管理"
ZONE = re.compile(rf"新区|高新|经开|(?:{_ZONE_WORD})+(?:区|园|新|高|城)")
#: From a bare name to the end of its phrase: one shop of a chain (武汉汉阳三角湖地铁站店), named for what is known.
BRANCH = re.compile(r"\w{0,30}(?<![酒饭旅商药])店(?!\w)")
#: Right after a bare name: a town or village of that name (沙田镇); those of a distinct name lie in its own city.
TOWN = re.compile(r"镇|乡|村|社区|街道|居委")
#: After a full name: the last character belongs to the next word (天门市场, 区域, 旗舰店).
KIND_CUT = re.compile(r"市场|区域|区间|区块|旗舰|州际|盟友|盟军|县小吃")
#: Placeholder levels and fillers between two levels of one address.
SKIP = re.compile(r"市辖区|(?:省|自治区)?直辖县级(?:行政区划)?|(?:省|自治区)直辖|县(?=.{1,20}县)|[,，、/>\-·|;:；：]+")
#: Full names that also mean a part of any town: they count after their city, or alone.
OLD_TOWN = frozenset({"老城区", "新城区", "城区", "郊区", "矿区"})
_COMMON = """
阿里 白银 三明 海东 海西 海北 山南 和田 南部 资源 共和 东方 公安 中方 大方 通道 同心 合作 和平 太平
平安 永安 长安 新华 建设 建华 团结 友好 向阳 前进 东风 胜利 光明 红旗 朝阳 解放 中山 凤凰 金山 宝山
泰山 华山 龙华 龙门 龙泉 龙凤 金沙 金湖 金水 银海 滨海 滨江 滨湖 江南 江北 江东 河东 河西 海港 港口
城关 城东 城西 城南 城北 城中 市中 市南 市北 东城 西城 新城 静安 安居 富裕 富民 兴隆 兴业 兴国 兴安
民权 民丰 民乐 和静 和顺 天河 天桥 天元 天山 天心 天宁 天台 玉泉 三江 三元 双城 双桥 五河 九龙 高明
正定 正安 南岸 东港 东山 西山 南山 北山 铁西 铁东 桥东 桥西 文化 黄埔 西湖 东湖 南湖 莲花 芙蓉 鼓楼
钟楼 青山 青年 红星 曙光 兴华 振兴 复兴 中原 长城 长江 黄河 昆仑 明珠 金牛 金凤 白云 白塔 花山 花溪
石门 温泉 康平 康乐 永定 永康 永新 永和 永兴 永丰 永泰 安宁 安定 安全 万年 万安 大安 大通 大兴 大关
南开 开发 文峰 文昌 崇文 清河 清水 临江 沿河 沙河 吉祥 仙居 仁和 泰和 德安 瑞安 定安 福安 宁安 新安
惠民 利民 爱民 乐业 乐安 新民 新生 新建 新兴 新丰 新和 丰台 海安 海曙 海宁 双流 双江 上林 武功 大余
普安 阳光 维西 黄金 宽城 站前 道里 道外 城厢 工农 沙坪 龙山 龙江 龙海 龙安 凤山 凤台 昌平 昌江 梅江
梅县 桃江 桃源 民和 广场 广德 中心 兴旺 繁荣 东兴 西乡 丹阳 华龙 华安 集美 思明 南海 水城 水富 盘龙
云龙 云城 秀山 秀峰 灵山 灵宝
"""
#: Bare names that are everyday words, people's names or names found in every city: never a division on their own.
COMMON = frozenset(_COMMON.split())
