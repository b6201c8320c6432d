import type { Signal } from "@preact/signals";
import type { LinkChoice } from "./link_choice.ts";
import { LATENCY, latencyWords, LOSS, lossWords } from "./link_choice.ts";

/** How bad the links are: latency and loss, for as long as they are up. */
export default function LinkSliders({ links }: { readonly links: Signal<LinkChoice> }) {
  const { latencyMs, lossPercent } = links.value;
  return (
    <section class="card swarm-links" aria-labelledby="swarm-links-title">
      <h2 id="swarm-links-title">The links between them</h2>
      <Slider
        {...{ name: "latency", label: "Latency", range: LATENCY, value: latencyMs }}
        words={latencyWords(latencyMs)}
        onValue={(value) => links.value = { ...links.value, latencyMs: value }}
      />
      <Slider
        {...{ name: "loss", label: "Loss", range: LOSS, value: lossPercent }}
        words={lossWords(lossPercent)}
        onValue={(value) => links.value = { ...links.value, lossPercent: value }}
      />
    </section>
  );
}

interface SliderProps {
  readonly name: string;
  readonly label: string;
  readonly range: { readonly most: number; readonly step: number };
  readonly value: number;
  readonly words: string;
  readonly onValue: (value: number) => void;
}

function Slider({ name, label, range, value, words, onValue }: SliderProps) {
  const id = `swarm-${name}`;
  return (
    <div class="swarm-slider">
      <label for={id}>{label}</label>
      <output for={id}>{words}</output>
      <input
        id={id}
        type="range"
        min={0}
        max={range.most}
        step={range.step}
        value={value}
        aria-valuetext={words}
        onInput={({ currentTarget }) => onValue(currentTarget.valueAsNumber)}
      />
    </div>
  );
}
