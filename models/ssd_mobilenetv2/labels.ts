/**
 * 23 classes of Open Images V4, in the order of the network's scores, without the background before them.
 * In small letters, so that what two models know has one name.
 */
export const LABELS: readonly string[] = [
  "bicycle",
  "boot",
  "laptop",
  "person",
  "chair",
  "cattle",
  "desk",
  "cat",
  "computer mouse",
  "computer monitor",
  "box",
  "mug",
  "coffee cup",
  "stationary bicycle",
  "table",
  "bottle",
  "high heels",
  "vehicle",
  "footwear",
  "dog",
  "book",
  "camera",
  "car",
];
