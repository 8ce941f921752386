"""Word lists for invented people, companies and addresses: common names, made-up firms, reserved domains."""

# (as written, kana, Latin letters)
LAST_NAMES = (
    ("佐藤", "サトウ", "sato"), ("鈴木", "スズキ", "suzuki"), ("高橋", "タカハシ", "takahashi"),
    ("田中", "タナカ", "tanaka"), ("伊藤", "イトウ", "ito"), ("渡辺", "ワタナベ", "watanabe"),
    ("山本", "ヤマモト", "yamamoto"), ("中村", "ナカムラ", "nakamura"), ("小林", "コバヤシ", "kobayashi"),
    ("加藤", "カトウ", "kato"), ("吉田", "ヨシダ", "yoshida"), ("山田", "ヤマダ", "yamada"),
    ("佐々木", "ササキ", "sasaki"), ("山口", "ヤマグチ", "yamaguchi"), ("松本", "マツモト", "matsumoto"),
    ("井上", "イノウエ", "inoue"), ("木村", "キムラ", "kimura"), ("林", "ハヤシ", "hayashi"),
    ("斎藤", "サイトウ", "saito"), ("清水", "シミズ", "shimizu"), ("山崎", "ヤマザキ", "yamazaki"),
    ("森", "モリ", "mori"), ("池田", "イケダ", "ikeda"), ("橋本", "ハシモト", "hashimoto"),
    ("阿部", "アベ", "abe"), ("石川", "イシカワ", "ishikawa"), ("前田", "マエダ", "maeda"),
    ("藤田", "フジタ", "fujita"), ("後藤", "ゴトウ", "goto"), ("岡田", "オカダ", "okada"),
    ("長谷川", "ハセガワ", "hasegawa"), ("村上", "ムラカミ", "murakami"), ("近藤", "コンドウ", "kondo"),
    ("石井", "イシイ", "ishii"), ("髙木", "タカギ", "takagi"), ("遠藤", "エンドウ", "endo"),
    ("青木", "アオキ", "aoki"), ("坂本", "サカモト", "sakamoto"), ("福田", "フクダ", "fukuda"),
    ("太田", "オオタ", "ota"), ("西村", "ニシムラ", "nishimura"), ("藤井", "フジイ", "fujii"),
    ("金子", "カネコ", "kaneko"), ("岡本", "オカモト", "okamoto"), ("中野", "ナカノ", "nakano"),
    ("原田", "ハラダ", "harada"), ("小川", "オガワ", "ogawa"), ("竹内", "タケウチ", "takeuchi"),
)  # fmt: skip
FIRST_NAMES = (
    ("太郎", "タロウ", "taro"), ("花子", "ハナコ", "hanako"), ("健一", "ケンイチ", "kenichi"),
    ("美咲", "ミサキ", "misaki"), ("翔太", "ショウタ", "shota"), ("陽子", "ヨウコ", "yoko"),
    ("大輔", "ダイスケ", "daisuke"), ("恵子", "ケイコ", "keiko"), ("直樹", "ナオキ", "naoki"),
    ("由美", "ユミ", "yumi"), ("拓也", "タクヤ", "takuya"), ("さくら", "サクラ", "sakura"),
    ("誠", "マコト", "makoto"), ("真由美", "マユミ", "mayumi"), ("亮", "リョウ", "ryo"),
    ("愛", "アイ", "ai"), ("浩", "ヒロシ", "hiroshi"), ("優子", "ユウコ", "yuko"),
    ("和也", "カズヤ", "kazuya"), ("香織", "カオリ", "kaori"), ("修", "オサム", "osamu"),
    ("千尋", "チヒロ", "chihiro"), ("隆", "タカシ", "takashi"), ("麻衣", "マイ", "mai"),
    ("哲也", "テツヤ", "tetsuya"), ("裕子", "ヒロコ", "hiroko"), ("剛", "ツヨシ", "tsuyoshi"),
    ("明美", "アケミ", "akemi"), ("進", "ススム", "susumu"), ("沙織", "サオリ", "saori"),
    ("秀樹", "ヒデキ", "hideki"), ("久美子", "クミコ", "kumiko"), ("勇気", "ユウキ", "yuki"),
    ("奈々", "ナナ", "nana"), ("学", "マナブ", "manabu"), ("智子", "トモコ", "tomoko"),
    ("洋平", "ヨウヘイ", "yohei"), ("葵", "アオイ", "aoi"), ("聡", "サトシ", "satoshi"),
    ("京子", "キョウコ", "kyoko"),
)  # fmt: skip
FOREIGN_NAMES = (
    ("Smith", "John"), ("Miller", "Alice"), ("Garcia", "Maria"), ("Tan", "Wei Ming"), ("Lim", "Hui Ling"),
    ("Johnson", "Robert"), ("Lee", "Grace"), ("Brown", "Emily"), ("Wong", "Jun"), ("O'Neil", "Patrick"),
)  # fmt: skip

COMPANY_PREFIXES = (
    ("見本", "mihon"), ("例示", "reiji"), ("架空", "kaku"), ("試作", "shisaku"), ("あおば", "aoba"),
    ("ひかり", "hikari"), ("みどり", "midori"), ("大空", "ozora"), ("朝凪", "asanagi"), ("若葉", "wakaba"),
    ("北斗", "hokuto"), ("銀河", "ginga"), ("虹色", "nijiiro"), ("七海", "nanami"), ("双葉", "futaba"),
    ("月見", "tsukimi"), ("白帆", "shiraho"), ("雷鳥", "raicho"), ("つばめ", "tsubame"), ("こだま", "kodama"),
)  # fmt: skip
COMPANY_TRADES = (
    ("商事", "shoji"), ("工業", "kogyo"), ("システムズ", "systems"), ("製作所", "works"), ("物産", "bussan"),
    ("フーズ", "foods"), ("ソリューションズ", "solutions"), ("電機", "denki"), ("建設", "kensetsu"),
    ("印刷", "print"), ("精機", "seiki"), ("ロジスティクス", "logistics"), ("化学", "kagaku"),
    ("デザイン", "design"), ("不動産", "estate"), ("コンサルティング", "consulting"), ("薬品", "pharma"),
    ("繊維", "textile"), ("通信", "tsushin"), ("エナジー", "energy"),
)  # fmt: skip

# (prefecture, city, street, postal code, telephone area code)
PLACES = (
    ("東京都", "千代田区", "見本町", "100-0000", "03"),
    ("東京都", "港区", "例示台", "105-0000", "03"),
    ("東京都", "渋谷区", "架空通", "150-0000", "03"),
    ("神奈川県", "横浜市西区", "みなと見本", "220-0000", "045"),
    ("大阪府", "大阪市北区", "例示田", "530-0000", "06"),
    ("愛知県", "名古屋市中区", "見本栄", "460-0000", "052"),
    ("福岡県", "福岡市博多区", "架空駅前", "812-0000", "092"),
    ("北海道", "札幌市中央区", "北見本西", "060-0000", "011"),
    ("宮城県", "仙台市青葉区", "例示町", "980-0000", "022"),
    ("京都府", "京都市下京区", "見本通例示下ル", "600-0000", "075"),
    ("広島県", "広島市中区", "架空町", "730-0000", "082"),
    ("静岡県", "浜松市中央区", "試作町", "430-0000", "053"),
)
# (country, state, city, street, postal code, telephone of the house)
FOREIGN_PLACES = (
    ("US", "CA", "San Francisco", "100 Sample Street", "94100", "+1 415-555-01"),
    ("SG", "", "Singapore", "1 Example Road #08-01", "000001", "+65 6000 00"),
    ("US", "NY", "New York", "200 Specimen Avenue", "10001", "+1 212-555-01"),
)
BUILDINGS = ("見本ビル", "例示タワー", "架空センタービル", "第二サンプルビル", "試作プラザ")
DEPARTMENTS = (
    "営業部", "営業第二部", "購買部", "情報システム部", "総務部", "人事部", "経理部", "マーケティング部", "開発部",
    "品質保証部", "海外事業部", "経営企画室",
)  # fmt: skip
TITLES = ("部長", "課長", "係長", "主任", "担当", "代表取締役社長", "執行役員", "マネージャー", "エンジニア", None)
MEMOS = (
    "展示会で名刺交換。導入時期は来期の予定。",
    "要見積。\n次回は技術担当と同席。",
    "ご紹介:見本商事 田中様より",
    "休暇中の連絡は代表番号へ。",
)

# (name, type); the first shared one and VIP are in the examples of the configuration file
TAGS = (
    ("展示会2026春", "shared"),
    ("展示会2025秋", "shared"),
    ("VIP", "shared"),
    ("既存顧客", "shared"),
    ("代理店", "shared"),
    ("セミナー参加者", "shared"),
    ("要フォロー", "public"),
    ("年賀状", "public"),
    ("休眠", "public"),
    ("共同研究", "public"),
    ("個人メモ", "private"),
    ("社外秘", "private"),
)
# (id, name, email); the key belongs to the first
USERS = (
    ("u1001", "営業 花子", "hanako.eigyo@tenant.example"),
    ("u1002", "営業 次郎", "jiro.eigyo@tenant.example"),
    ("u1003", "購買 三奈", "mina.kobai@tenant.example"),
    ("u1004", "開発 史郎", "shiro.kaihatsu@tenant.example"),
    ("u1005", "広報 五月", "satsuki.koho@tenant.example"),
)
