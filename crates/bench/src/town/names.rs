//! Names as companies give them: a few words in most of them, districts, numbers, some Latin, and seldom
//! something that no other has.

use super::draw::{Draw, Weighted};

const CITIES: [&str; 24] = [
    "北京", "上海", "广州", "深圳", "杭州", "成都", "重庆", "武汉", "西安", "南京", "天津", "苏州",
    "长沙", "郑州", "青岛", "宁波", "东莞", "佛山", "合肥", "厦门", "昆明", "沈阳", "济南", "福州",
];
const DISTRICTS: [&str; 48] = [
    "朝阳", "海淀", "丰台", "通州", "浦东", "徐汇", "静安", "闵行", "天河", "越秀", "番禺", "白云",
    "南山", "福田", "龙岗", "宝安", "西湖", "滨江", "余杭", "萧山", "武侯", "锦江", "高新", "双流",
    "渝北", "江北", "渝中", "洪山", "武昌", "江汉", "雁塔", "未央", "鼓楼", "建邺", "江宁", "河西",
    "和平", "南开", "姑苏", "园区", "吴中", "岳麓", "雨花", "金水", "市南", "崂山", "鄞州", "思明",
];
/// The first ones in most names.
const TOPICS: [&str; 40] = [
    "客户", "体验", "会员", "福利", "售后", "服务", "新品", "团购", "护肤", "亲子", "课程", "健身",
    "母婴", "装修", "汽车", "教育", "理财", "美食", "旅游", "宠物", "家电", "数码", "服饰", "鞋包",
    "茶叶", "红酒", "生鲜", "水果", "烘焙", "咖啡", "瑜伽", "摄影", "书法", "钢琴", "英语", "奥数",
    "养生", "口腔", "眼镜", "酒店",
];
const ENDINGS: [&str; 12] = [
    "交流群",
    "群",
    "客户群",
    "体验群",
    "服务群",
    "福利群",
    "会员群",
    "粉丝群",
    "通知群",
    "学习群",
    "答疑群",
    "俱乐部",
];
const PLACES: [&str; 6] = ["店", "旗舰店", "万达店", "中心", "门店", "分部"];
const LATIN: [&str; 10] =
    ["VIP", "Club", "iPhone", "KOL", "Plus", "Family", "Lily", "BMW", "SaaS", "Yoga"];
const SURNAMES: [&str; 24] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林",
    "何", "郭", "马", "罗", "梁", "宋", "郑", "谢",
];
const GIVEN: [&str; 32] = [
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明",
    "超", "秀", "霞", "平", "刚", "桂", "英", "华", "玉", "萍", "红", "玲", "宇", "欣", "子", "涵",
];
/// In one of some thousand names each; none of their characters is in any other word.
pub const RARE: [&str; 24] = [
    "麒麟貔貅",
    "犇骉鱻羴",
    "鹮鹳鸬鹚",
    "琥珀琉璃",
    "菡萏芙蕖",
    "饕餮梼杌",
    "蓬莱瀛洲",
    "翡翠玳瑁",
    "醍醐酩酊",
    "霹雳雷霆",
    "蜻蜓蝴蝶",
    "葡萄荔枝",
    "徘徊踌躇",
    "骐骥骅骝",
    "缱绻旖旎",
    "氤氲缥缈",
    "璀璨斑斓",
    "崔嵬嶙峋",
    "澎湃汹涌",
    "婵娟妩媚",
    "踟蹰趔趄",
    "鹧鸪鹌鹑",
    "珐琅玛瑙",
    "枇杷橄榄",
];
/// In one of this many names stands one of [`RARE`].
const ONE_RARE_IN: f64 = 400.0;

/// How often which word.
pub struct Names {
    topics: Weighted,
    endings: Weighted,
    districts: Weighted,
    rare: Weighted,
}

impl Names {
    pub fn new() -> Self {
        Self {
            topics: Weighted::zipf(TOPICS.len(), 0.0, 1.1),
            endings: Weighted::zipf(ENDINGS.len(), 0.0, 1.0),
            districts: Weighted::zipf(DISTRICTS.len(), 1.0, 0.7),
            rare: Weighted::zipf(RARE.len(), 0.0, 0.8),
        }
    }

    /// A group's name in WeCom; "" for an unnamed one.
    pub fn of_group(&self, draw: &mut Draw) -> String {
        let topic = TOPICS[self.topics.draw(draw)];
        let ending = ENDINGS[self.endings.draw(draw)];
        let district = DISTRICTS[self.districts.draw(draw)];
        let number = draw.below(999) + 1;
        let name = match draw.below(100) {
            0..8 => String::new(),
            8..33 => format!("{district}{topic}{ending}{number}"),
            33..55 => {
                let (city, place) = (draw.one(&CITIES), draw.one(&PLACES));
                format!("{city}{district}{place}{topic}{ending}")
            }
            55..70 => format!("{topic}{ending}{number}群"),
            70..80 => format!("{}{}{ending}", person(draw), draw.one(&["的", "老师", "专属"])),
            80..86 => format!("{} {topic}{ending} {number}", draw.one(&LATIN)),
            86..90 => format!("{} {} {number}", draw.one(&LATIN), draw.one(&LATIN)),
            90..95 => format!("{}月{topic}{ending}🎉", draw.below(12) + 1),
            _ => format!("【{district}】{topic}{}{ending}", TOPICS[self.topics.draw(draw)]),
        };
        if !name.is_empty() && draw.is(1.0 / ONE_RARE_IN) {
            return format!("{}{name}", RARE[self.rare.draw(draw)]);
        }
        name
    }
}

/// Two or three characters.
pub fn person(draw: &mut Draw) -> String {
    let mut name = draw.one(&SURNAMES).to_owned() + draw.one(&GIVEN);
    if draw.is(0.6) {
        name += draw.one(&GIVEN);
    }
    name
}

/// The n-th department, from 0.
pub fn department(n: usize) -> String {
    let kind = ["销售部", "客户成功部", "运营部", "门店部"][n / DISTRICTS.len() % 4];
    DISTRICTS[n % DISTRICTS.len()].to_owned() + kind
}

/// The n-th tag, from 0, the most frequent first.
pub fn tag(n: usize) -> String {
    let kind = ["意向", "重点", "活跃", "沉默", "复购"][n / TOPICS.len() % 5];
    TOPICS[n % TOPICS.len()].to_owned() + kind
}

/// The n-th SOP, from 0.
pub fn sop(n: usize) -> String {
    format!("{}{}第{}期", TOPICS[n % TOPICS.len()], ["关怀", "促销", "培训"][n % 3], n + 1)
}
