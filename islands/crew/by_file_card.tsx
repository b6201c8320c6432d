import { status } from "../live.ts";
import FileButton from "../records/file_button.tsx";
import { recordsWork } from "../records/records_work.ts";
import { isUnderWay } from "../records/work.ts";
import Icon from "../parts/icon.tsx";

/** Records carried by hand, where no radio reaches: a file out, a file in. */
export default function ByFileCard() {
  const busy = isUnderWay(recordsWork.work.value);
  const total = status.value?.total ?? null;
  const share = () =>
    void recordsWork.make({
      format: "bundle",
      query: undefined,
      // on its way to another device it is no backup yet
      counts: null,
      begun: { at: Date.now(), total: total ?? 0 },
    });
  return (
    <section class="card" id="by-file" aria-labelledby="by-file-title">
      <h2 id="by-file-title">By file</h2>
      <p>
        One file carries all records and pictures to a device that no radio reaches: by cable, card
        or the phone’s own sharing.
      </p>
      <div class="stack wide-stack">
        <button type="button" class="wide" disabled={total === null || busy} onClick={share}>
          <Icon name="share" />Share what is here
        </button>
        <FileButton
          icon="enter"
          label="Take in a file …"
          disabled={total === null || busy}
          onFile={(file) => void recordsWork.restore(file, "exchange")}
        />
      </div>
      <p class="hint">
        Nothing is replaced: what is new is added, if it is genuine. The file is not encrypted.
      </p>
    </section>
  );
}
