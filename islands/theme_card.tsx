import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { readSetting, writeSetting } from "./settings.ts";
import { applyTheme, parseThemeChoice, THEME_CHOICES, THEME_SETTING } from "./theme_choice.ts";
import type { ThemeChoice } from "./theme_choice.ts";

const WORDS: Readonly<Record<ThemeChoice, { readonly name: string; readonly hint: string }>> = {
  system: { name: "As the system", hint: "Follows light, dark and contrast" },
  dusk: { name: "Dusk", hint: "Dark, for dawn and night" },
  day: { name: "Day", hint: "Light, for indoors and shade" },
  sun: { name: "Sun", hint: "Black on white, for full sun" },
};

/** Which theme this browser shows. */
export default function ThemeCard() {
  const chosen = useSignal<ThemeChoice>("system");
  const kept = useSignal(true);
  useEffect(() => void (chosen.value = parseThemeChoice(readSetting(THEME_SETTING))), []);
  const choose = (choice: ThemeChoice) => {
    chosen.value = choice;
    kept.value = writeSetting(THEME_SETTING, choice);
    applyTheme();
  };
  return (
    <section class="card" aria-labelledby="theme-title">
      <h2 id="theme-title">Theme</h2>
      <fieldset class="themes">
        <legend class="hidden">Theme</legend>
        {THEME_CHOICES.map((choice) => (
          <label key={choice} class="option theme-option" data-swatch={choice}>
            <input
              type="radio"
              name="theme"
              value={choice}
              checked={chosen.value === choice}
              onChange={() =>
                choose(choice)}
            />
            <span class="swatch" aria-hidden="true" />
            <span>
              <strong>{WORDS[choice].name}</strong>
              <small>{WORDS[choice].hint}</small>
            </span>
          </label>
        ))}
      </fieldset>
      {!kept.value && (
        <p class="hint">This browser keeps no settings: the choice cannot be changed here.</p>
      )}
    </section>
  );
}
