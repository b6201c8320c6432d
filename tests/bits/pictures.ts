/** The pictures that frames are cut from: PNG only, which decodes to the same bytes everywhere. */
export const PICTURES = ["astronaut.png", "chelsea.png", "coffee.png"] as const;
