import { readSetting } from "./settings.ts";

export type Theme = "dusk" | "day" | "sun";
/** What the user chose: a theme, or to follow the system. */
export type ThemeChoice = "system" | Theme;

export const THEME_CHOICES: readonly ThemeChoice[] = ["system", "dusk", "day", "sun"];
export const THEME_SETTING = "theme";

/** `--ground` of each theme in tokens.css: the browser's own bars take this colour. */
export const GROUND: Readonly<Record<Theme, string>> = {
  dusk: "#0e1412",
  day: "#f5f3ec",
  sun: "#ffffff",
};

/** What the system says of its user's wishes. */
export interface SystemLook {
  readonly light: boolean;
  readonly moreContrast: boolean;
}

const LIGHT = "(prefers-color-scheme: light)";
const MORE_CONTRAST = "(prefers-contrast: more)";

/** The stored choice; anything unknown means the system's. */
export function parseThemeChoice(stored: string | null): ThemeChoice {
  return THEME_CHOICES.find((choice) => choice === stored) ?? "system";
}

/** The theme to show. A wish for more contrast is a wish for the sun theme. */
export function resolveTheme(choice: ThemeChoice, system: SystemLook): Theme {
  if (choice !== "system") return choice;
  if (system.moreContrast) return "sun";
  return system.light ? "day" : "dusk";
}

/** Shows the theme that is chosen now, in the page and in the browser's own bars. */
export function applyTheme(): void {
  const theme = resolveTheme(parseThemeChoice(readSetting(THEME_SETTING)), {
    light: matchMedia(LIGHT).matches,
    moreContrast: matchMedia(MORE_CONTRAST).matches,
  });
  document.documentElement.dataset.theme = theme;
  document.querySelector('meta[name="theme-color"]')?.setAttribute("content", GROUND[theme]);
}

/** Follows the system and other tabs from now on. */
export function followTheme(): void {
  for (const query of [LIGHT, MORE_CONTRAST]) {
    matchMedia(query).addEventListener("change", applyTheme);
  }
  addEventListener("storage", applyTheme);
}
