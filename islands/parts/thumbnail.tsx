import { status } from "../live.ts";
import Icon from "./icon.tsx";
import { usePicture } from "./picture.ts";
import { pictureWords } from "./picture_state_words.ts";

interface ThumbnailProps {
  /** None: this observation was made without one. */
  readonly hash?: string;
  readonly label: string;
  readonly large?: boolean;
}

/** An observation's picture, fetched when it is shown; a placeholder while it is on its way. */
export default function Thumbnail({ hash, label, large }: ThumbnailProps) {
  const { value } = usePicture(hash);
  if (hash !== undefined && value.state === "here") {
    return <img class={large ? "thumb large" : "thumb"} src={value.url} alt={large ? label : ""} />;
  }
  const words = hash === undefined ? "No picture" : pictureWords(value, "picture", status.value);
  return (
    <span class={large ? "thumb large" : "thumb"} title={words || undefined}>
      <Icon name="picture" />
      {large && words && <span>{words}</span>}
    </span>
  );
}
