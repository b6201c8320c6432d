/** Half of a mark's width on the large map, px. */
export const DRONE_REACH_PX = 18;
export const OBJECT_REACH_PX = 11;
