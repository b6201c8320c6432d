/** Runs in the page's head before anything is painted, so that no wrong theme flashes up. */
import { applyTheme, followTheme } from "./islands/theme_choice.ts";

applyTheme();
followTheme();
