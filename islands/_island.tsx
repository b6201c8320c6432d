import { registry } from "./registry.ts";
import type { IslandName } from "./registry.ts";

/** Renders an island inside the marker by which the browser finds it again. */
export default function Island({ name }: { readonly name: IslandName }) {
  const Component = registry[name];
  return (
    <div class="island" data-island={name}>
      <Component />
    </div>
  );
}
