/** Where the network comes from, for cards and plans. */
export const ORIGIN = {
  licence: "Apache-2.0",
  notices: [
    "SSD-MobileNetV2, as packaged in @mediapipe/objectron: Copyright The MediaPipe Authors (Apache-2.0)",
  ],
  homepage: "https://github.com/google-ai-edge/mediapipe",
} as const;
