import { classOf, type NotedObservation } from "../observation.ts";

/** What other formats distinguish. "other": a thing, or a word that is not known here. */
export type Kind = "animal" | "person" | "vehicle" | "other";

export interface Taxon {
  readonly scientificName: string;
  readonly taxonRank: "class" | "family" | "genus" | "species";
}

/** Classes that shipped models know and that are surely one taxon, however wide. */
const TAXA: ReadonlyMap<string, Taxon> = new Map<string, Taxon>([
  ["person", { scientificName: "Homo sapiens", taxonRank: "species" }],
  ["bird", { scientificName: "Aves", taxonRank: "class" }],
  ["cat", { scientificName: "Felis catus", taxonRank: "species" }],
  ["dog", { scientificName: "Canis familiaris", taxonRank: "species" }],
  ["horse", { scientificName: "Equus caballus", taxonRank: "species" }],
  ["sheep", { scientificName: "Ovis aries", taxonRank: "species" }],
  ["cow", { scientificName: "Bos taurus", taxonRank: "species" }],
  ["cattle", { scientificName: "Bos taurus", taxonRank: "species" }],
  ["elephant", { scientificName: "Elephantidae", taxonRank: "family" }],
  ["bear", { scientificName: "Ursidae", taxonRank: "family" }],
  ["zebra", { scientificName: "Equus", taxonRank: "genus" }],
  ["giraffe", { scientificName: "Giraffa", taxonRank: "genus" }],
]);

/** What shipped models know besides; some of it ends in an animal's word. */
const THINGS = new Set(
  `
  backpack, banana, baseball bat, baseball glove, bed, bench, book, boot, bottle, bowl, box, broccoli,
  cake, camera, carrot, cell phone, chair, clock, coffee cup, computer monitor, computer mouse, couch, cup,
  desk, dining table, donut, fire hydrant, footwear, fork, frisbee, hair drier, handbag, high heels,
  hot dog, keyboard, kite, knife, laptop, microwave, mug, orange, oven, parking meter, pizza, potted plant,
  apple, refrigerator, remote, sandwich, scissors, sink, skateboard, skis, snowboard, spoon, sports ball,
  stationary bicycle, stop sign, suitcase, surfboard, table, teddy bear, tennis racket, tie, toaster,
  toilet, toothbrush, traffic light, tv, umbrella, vase, wine glass`.trim().split(/,\s*/),
);
/** To COCO this is a computer's; a person means the animal. */
const THING_OF_MODELS = "mouse";

const PEOPLE = wordSet(`
  person people human man woman men women boy girl child children adult hiker walker runner jogger
  cyclist rider hunter ranger farmer visitor worker poacher`);

const VEHICLES = wordSet(`
  vehicle bicycle bike car motorcycle motorbike moped scooter airplane aeroplane plane helicopter drone
  bus train tram truck lorry boat ship canoe kayak van jeep tractor trailer quad atv ambulance`);

const ANIMALS = wordSet(`
  animal mammal bird reptile amphibian insect wildlife livestock
  cat dog horse sheep cow cattle elephant bear zebra giraffe pony foal donkey mule bull ox calf lamb goat
  pig piglet boar llama alpaca camel puppy kitten
  fox wolf jackal coyote dingo deer moose elk reindeer caribou antelope gazelle impala kudu eland
  wildebeest buffalo bison ibex chamois mouflon warthog peccary tapir rhino rhinoceros hippo hippopotamus
  badger hedgehog squirrel hare rabbit otter beaver marten weasel stoat polecat ferret mink genet civet
  mongoose meerkat lynx bobcat wildcat puma cougar jaguar ocelot leopard lion tiger cheetah serval hyena
  raccoon coati skunk opossum possum kangaroo wallaby koala wombat echidna platypus monkey ape macaque
  baboon chimpanzee gorilla orangutan lemur sloth anteater armadillo pangolin porcupine rat mouse mice
  vole mole shrew bat marmot chipmunk gopher seal walrus dolphin whale
  owl eagle hawk falcon buzzard vulture kite crow raven magpie jay pigeon dove duck goose geese swan heron
  stork gull pheasant partridge grouse quail turkey chicken hen rooster peacock woodpecker sparrow robin
  thrush blackbird finch starling parrot penguin ostrich emu
  snake viper adder lizard gecko iguana turtle tortoise frog toad newt salamander crocodile alligator
  fish bee wasp butterfly moth spider crab`);

/**
 * Of which kind it is: by a person's word where there is one and it is known. What a person calls by a
 * word that is not known here stays an animal if the model took it for one: "Fuchs" for a dog.
 */
export function kindOf(observation: NotedObservation): Kind {
  const { label, notes } = observation;
  const byModel = label.toLowerCase() === THING_OF_MODELS ? "other" : kindOfWord(label);
  if (notes?.class === undefined) return byModel;
  const byPerson = kindOfWord(notes.class);
  return byPerson === "other" && byModel === "animal" && !isThing(notes.class)
    ? "animal"
    : byPerson;
}

/** The taxon that its class surely is; null for all others. */
export function taxonOf(observation: NotedObservation): Taxon | null {
  return TAXA.get(classOf(observation).trim().toLowerCase()) ?? null;
}

/** "Roe deer" and "foxes" are animals by their last word. */
function kindOfWord(text: string): Kind {
  if (isThing(text)) return "other";
  const last = text.trim().toLowerCase().split(/[\s-]+/).at(-1) ?? "";
  for (const word of [last, last.replace(/s$/, ""), last.replace(/es$/, "")]) {
    if (ANIMALS.has(word)) return "animal";
    if (PEOPLE.has(word)) return "person";
    if (VEHICLES.has(word)) return "vehicle";
  }
  return "other";
}

function isThing(text: string): boolean {
  return THINGS.has(text.trim().toLowerCase());
}

function wordSet(words: string): ReadonlySet<string> {
  return new Set(words.trim().split(/\s+/));
}
