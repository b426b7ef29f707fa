"""The pictures of example prompts of shipped models; `make examples` draws them."""

PICTURES = {
    "A lighthouse on a cliff at sunset, waves below, painted in gouache": "lighthouse",
    "Neon city street at night, rain, reflections": "city",
    "一只在花园里玩耍的金毛犬,阳光明媚,高清摄影风格。": "retriever",
    "水墨山水，雾中湖上一叶小舟": "boat",
    "Four seasons of the same mountain lake, one picture for each season": "lake",
    "A {{season:winter|autumn}} cabin in the forest": "cabin",
}
