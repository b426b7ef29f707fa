"""Reads an English or Chinese prompt as a small set of tags."""

import hashlib
import re
from dataclasses import dataclass

TAGS = {
    # time of day
    "night": "night midnight moon moonlit moonlight stars starry 夜 月 星空",
    "sunset": "sunset dusk evening twilight golden 日落 黄昏 傍晚 夕阳 晚霞",
    "dawn": "dawn sunrise morning 日出 清晨 黎明 早晨",
    "day": "sunny noon daylight sunshine summer 阳光 晴 白天 夏",
    # weather
    "snow": "snow snowy winter ice frozen arctic 雪 冬 冰",
    "rain": "rain rainy storm umbrella 雨",
    "fog": "fog foggy mist misty haze 雾",
    # place
    "sea": "sea ocean beach coast wave island harbour harbor sail 海 洋 沙滩 岛",
    "lake": "lake river pond 湖 河 江",
    "mountain": "mountain peak alp alps cliff summit valley 山 峰 峡",
    "forest": "forest wood tree pine jungle 森林 树 林",
    "desert": "desert dune sahara camel cactus 沙漠 沙丘 戈壁",
    "city": "city skyline town street skyscraper downtown tokyo shanghai 城市 都市 街 楼",
    "garden": "garden park lawn meadow field 花园 公园 草地 草原 田野",
    "space": "space planet galaxy cosmos cosmic nebula astronaut universe mars 太空 宇宙 星球 银河",
    # objects
    "flower": "flower rose tulip blossom bouquet sunflower bloom 花 玫瑰 樱",
    "dog": "dog puppy retriever 狗 犬",
    "cat": "cat kitten kitty 猫",
    "bird": "bird gull seagull crane swallow 鸟 鹤 燕",
    "boat": "boat ship sailboat sail yacht 船 帆",
    "house": "house cabin cottage home hut 房子 木屋 小屋",
    "lighthouse": "lighthouse 灯塔",
    "balloon": "balloon 热气球 气球",
    # style
    "ink": "ink sumi calligraphy shanshui 水墨 国画",
    "neon": "neon cyberpunk synthwave vaporwave futuristic 霓虹 赛博",
    "abstract": "abstract geometric geometry minimal minimalist pattern bauhaus 抽象 几何",
}
NUMBERS = {
    2: "two couple pair 两 二",
    3: "three 三",
    4: "four 四",
    5: "five 五",
    6: "six 六",
    7: "seven 七",
    8: "eight 八",
    9: "nine 九",
    10: "ten 十",
    12: "twelve dozen 十二",
}
USUAL_RATIOS = ("1:1", "4:3", "3:4", "16:9", "3:2", "2:3")
USUAL_COUNTS = (3, 4, 4, 5, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a prompt asks for.

    wanted  number of pictures in a series, if the request leaves it to the model
    ratio   the aspect ratio, if the request leaves it to the model
    """

    tags: frozenset[str]
    wanted: int
    ratio: str


def read_prompt(prompt: str) -> Subject:
    """Read a prompt. Its hash determines the ratio, and the count if the prompt has no number."""
    digest = hashlib.sha256(prompt.encode("utf-8", "surrogatepass")).digest()
    tags = frozenset(tag for tag, words in TAGS.items() if mentions(prompt, words))
    return Subject(
        tags=tags,
        wanted=find_number(prompt) or USUAL_COUNTS[digest[0] % len(USUAL_COUNTS)],
        ratio=USUAL_RATIOS[digest[1] % len(USUAL_RATIOS)],
    )


def mentions(prompt: str, words: str) -> bool:
    """Whether a prompt has one of these words: Latin ones as whole words, Chinese ones anywhere."""
    latin = set(re.findall(r"[a-z]+", prompt.lower()))
    for word in words.split():
        if word.isascii() and not latin.isdisjoint({word, word + "s", word + "es"}):
            return True
        if not word.isascii() and word in prompt:
            return True
    return False


def find_number(prompt: str) -> int | None:
    """Return the first number of a prompt: digits from 2 to 15, or else a word."""
    for figure in re.findall(r"(?<!\d)\d{1,2}(?!\d)", prompt):
        if 2 <= int(figure) <= 15:  # noqa: PLR2004 - the limits of a series
            return int(figure)
    return next((n for n, words in reversed(NUMBERS.items()) if mentions(prompt, words)), None)
