import { useEffect, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { openReader, readPictureFile, watchForCodes } from "../../page/pairing/code_reader.ts";
import { type CodeProblem, problemWords } from "../../page/pairing/pair_failure.ts";
import type { Pairing } from "../../page/pairing/pairing.ts";
import { browserTiming } from "../../page/timing.ts";
import Icon from "../parts/icon.tsx";
import Message from "../parts/message.tsx";
import { camera, openCamera } from "./pair_camera.ts";
import { cameraWords } from "./pair_words.ts";

interface PairReaderProps {
  readonly pairing: Pairing;
  /** What was wrong with the code that was read last. */
  readonly problem: CodeProblem | null;
}

/** Reads the other device's code: by the camera, from a picture, or pasted. */
export default function PairReader({ pairing, problem }: PairReaderProps) {
  const pasting = useSignal(false);
  useEffect(() => void openCamera(), []);
  return (
    <div class="pair-reader">
      {pasting.value ? <Paste pairing={pairing} onBack={() => pasting.value = false} /> : (
        <>
          <Preview pairing={pairing} />
          <div class="pair-ways">
            <FromPicture pairing={pairing} />
            <button type="button" onClick={() => pasting.value = true}>
              <Icon name="copy" />Paste …
            </button>
          </div>
        </>
      )}
      {problem && (
        <Message tone="problem" title="Not that code">
          <p>{problemWords(problem)}</p>
        </Message>
      )}
    </div>
  );
}

function Preview({ pairing }: { readonly pairing: Pairing }) {
  const video = useRef<HTMLVideoElement>(null);
  const now = camera.value;
  const stream = now.state === "on" ? now.stream : null;
  useEffect(() => {
    const over = new AbortController();
    if (video.current && stream) {
      video.current.srcObject = stream;
      void watch(video.current, pairing, over.signal);
    }
    return () => over.abort();
  }, [stream]);
  if (now.state === "refused") {
    return (
      <Message
        tone="info"
        title="No camera here"
        actions={<button type="button" onClick={openCamera}>Try the camera again</button>}
      >
        <p>{cameraWords(now.failure)} Or take a picture of the code, or paste its text.</p>
      </Message>
    );
  }
  return (
    <div class="pair-preview">
      {stream
        ? (
          <video
            ref={video}
            autoPlay
            muted
            playsInline
            aria-label="What the camera sees: hold it over the code"
          />
        )
        : <p role="status">Starting the camera …</p>}
    </div>
  );
}

async function watch(video: HTMLVideoElement, pairing: Pairing, signal: AbortSignal) {
  const read = await openReader();
  watchForCodes(video, {
    timing: browserTiming,
    read,
    isHidden: () => document.hidden,
    onText: (text) => void pairing.take(text),
  }, signal);
}

function FromPicture({ pairing }: { readonly pairing: Pairing }) {
  const take = async (file: File) => {
    try {
      const text = await readPictureFile(file);
      if (text === null) pairing.reject("no-code-in-picture");
      else await pairing.take(text);
    } catch (error) {
      // what the browser cannot open holds no code that could be read
      console.debug("Cannot open the picture", error);
      pairing.reject("no-code-in-picture");
    }
  };
  return (
    <label class="button file-button">
      <Icon name="picture" />Picture …
      <input
        type="file"
        class="hidden"
        aria-label="A picture of the code"
        accept="image/*"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          // emptied, so that the same picture can be chosen again
          event.currentTarget.value = "";
          if (file) void take(file);
        }}
      />
    </label>
  );
}

interface PasteProps {
  readonly pairing: Pairing;
  readonly onBack: () => void;
}

function Paste({ pairing, onBack }: PasteProps) {
  const text = useSignal("");
  return (
    <form
      class="join-form"
      onSubmit={(event) => {
        event.preventDefault();
        void pairing.take(text.value);
      }}
    >
      <label for="pair-text">The other device's code</label>
      <textarea
        id="pair-text"
        rows={5}
        required
        autoComplete="off"
        autoCapitalize="characters"
        spellcheck={false}
        placeholder="FM1:…"
        value={text.value}
        onInput={(event) => text.value = event.currentTarget.value}
      />
      <div class="form-actions">
        <button type="submit" class="primary" disabled={text.value.trim() === ""}>
          Use this code
        </button>
        <button type="button" onClick={onBack}>Camera</button>
      </div>
    </form>
  );
}
