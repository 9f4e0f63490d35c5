/** What directions are called. Attributes that nobody named here go by their data set's own names. */

/** A direction's title, and what is at the slider's two ends. */
export interface Names {
  readonly title: string;
  readonly minus: string;
  readonly plus: string;
}

/** What every value is called, in their order, and what the image is when it has another. */
interface QuestionNames {
  readonly other: string;
  readonly values: Readonly<Record<string, string>>;
}

const numbered = (names: string) =>
  Object.fromEntries(names.split(",").map((name, i) => [String(i), name]));

const QUESTIONS: Readonly<Record<string, Readonly<Record<string, QuestionNames>>>> = {
  mnist: {
    class: {
      other: "another digit",
      values: numbered("zero,one,two,three,four,five,six,seven,eight,nine"),
    },
  },
  "fashion-mnist": {
    class: {
      other: "something else",
      values: numbered("T-shirt,trousers,pullover,dress,coat,sandal,shirt,sneaker,bag,ankle boot"),
    },
  },
  faces: {
    hair: {
      other: "another haircut",
      values: {
        ...{ sideComed: "side-combed hair", undercut: "undercut", spiky: "spiky hair" },
        bun: "hair in a bun",
      },
    },
    hairColor: {
      other: "another hair colour",
      values: {
        ...{ "2c1b18": "black hair", a55728: "red hair", b58143: "light brown hair" },
        ...{ d6b370: "blond hair", "724133": "brown hair" },
      },
    },
    skinColor: {
      other: "another skin",
      values: {
        ...{ f1c3a5: "fair skin", c68e7a: "rosy skin", b98e6a: "olive skin" },
        ...{ a36b4f: "brown skin", "5c3829": "dark skin" },
      },
    },
    rearHair: {
      other: "another length of hair",
      values: {
        ...{ none: "no hair behind", longStraight: "long straight hair" },
        ...{ longWavy: "long wavy hair", shoulderHigh: "shoulder-long hair" },
        neckHigh: "neck-long hair",
      },
    },
    beard: {
      other: "another beard",
      values: {
        ...{ none: "no beard", moustacheTwirl: "twirled moustache", fullBeard: "full beard" },
        ...{ chin: "chin beard", chinMoustache: "chin beard and moustache" },
        longBeard: "long beard",
      },
    },
    eyes: {
      other: "other eyes",
      values: {
        ...{ happy: "happy eyes", wide: "wide eyes", bow: "bowed eyes", humble: "humble eyes" },
        wink: "a wink",
      },
    },
    eyebrows: {
      other: "other eyebrows",
      values: {
        ...{ raised: "raised eyebrows", angry: "angry eyebrows", happy: "happy eyebrows" },
        ...{ sad: "sad eyebrows", neutral: "calm eyebrows" },
      },
    },
    mouth: {
      other: "another mouth",
      values: {
        ...{ laugh: "laugh", angry: "angry mouth", agape: "open mouth", smile: "smile" },
        sad: "sad mouth",
      },
    },
    clothes: {
      other: "other clothes",
      values: {
        ...{ turtleNeck: "turtleneck", openJacket: "open jacket", dress: "dress" },
        ...{ shirt: "shirt", tShirt: "T-shirt" },
      },
    },
    clothesColor: {
      other: "another colour of clothes",
      values: {
        ...{ "545454": "grey clothes", b11f1f: "red clothes", "0b3286": "blue clothes" },
        ...{ "147f3c": "green clothes", eab308: "yellow clothes", "731ac3": "violet clothes" },
        ...{ ec4899: "pink clothes", f97316: "orange clothes", e8e9e6: "white clothes" },
      },
    },
    backgroundColor: {
      other: "another background",
      values: {
        ...{ dbeafe: "blue background", fde2e4: "pink background", e2f0cb: "green background" },
        ...{ fff1c9: "yellow background", e9e4f5: "violet background" },
      },
    },
  },
};

/** Two groups of a question's values that a person sets against each other, by the classifier's names. */
interface Group {
  readonly name: string;
  readonly values: readonly string[];
}

const group = (name: string, values: string): Group => ({ name, values: values.split(",") });

const GROUPS: Readonly<Record<string, Readonly<Record<string, readonly [Group, Group][]>>>> = {
  "fashion-mnist": {
    class: [[group("shoes", "5,7,9"), group("tops", "0,2,4,6")]],
  },
  faces: {
    rearHair: [
      [group("short hair", "none,neckHigh"), group("long hair", "longStraight,longWavy")],
    ],
    eyebrows: [[group("sad eyebrows", "sad,angry"), group("glad eyebrows", "happy,raised")]],
    mouth: [[group("displeased mouth", "sad,angry"), group("glad mouth", "smile,laugh")]],
    clothes: [[
      group("closed collar", "turtleNeck,tShirt"),
      group("open collar", "openJacket,shirt"),
    ]],
    clothesColor: [
      [
        group("cold colours of clothes", "0b3286,147f3c,731ac3"),
        group("warm colours of clothes", "b11f1f,eab308,f97316,ec4899"),
      ],
      [
        group("dark clothes", "545454,0b3286,147f3c,731ac3,b11f1f"),
        group("bright clothes", "eab308,ec4899,f97316,e8e9e6"),
      ],
    ],
    backgroundColor: [[
      group("cool background", "dbeafe,e9e4f5"),
      group("warm background", "fff1c9,e2f0cb,fde2e4"),
    ]],
  },
};

const QUANTITIES: Readonly<Record<string, Names>> = {
  slant: { title: "Slant", minus: "leans left", plus: "leans right" },
  thickness: { title: "Thickness", minus: "thin strokes", plus: "thick strokes" },
  skinLightness: { title: "Dark to light skin", minus: "dark skin", plus: "light skin" },
  hairLightness: { title: "Dark to light hair", minus: "dark hair", plus: "light hair" },
  hairHeight: { title: "Flat to high hair", minus: "flat hair", plus: "high hair" },
  hairLength: { title: "Less to more hair behind", minus: "less hair behind", plus: "more hair" },
  clothesLightness: {
    title: "Dark to light clothes",
    ...{ minus: "dark clothes", plus: "light clothes" },
  },
  clothesWarmth: {
    title: "Bluish to reddish clothes",
    ...{ minus: "bluish clothes", plus: "reddish clothes" },
  },
  backgroundYellowness: {
    title: "Bluish to yellowish background",
    ...{ minus: "bluish background", plus: "yellowish background" },
  },
  backgroundRedness: {
    title: "Greenish to pinkish background",
    ...{ minus: "greenish background", plus: "pinkish background" },
  },
};

/** The names of a value of a data set's question, or of a quantity where `value` is null. */
export function namesOf(dataset: string, question: string, value: string | null): Names {
  if (value === null) {
    return QUANTITIES[question] ?? { title: capital(question), minus: "less", plus: "more" };
  }
  const known = QUESTIONS[dataset]?.[question];
  const plus = known?.values[value] ?? `${question} ${value}`;
  return { title: capital(plus), minus: known?.other ?? `another ${question}`, plus };
}

/** A question's groups of values that have a name, by the classifier's names of the values. */
export function groupsOf(dataset: string, question: string) {
  return (GROUPS[dataset]?.[question] ?? []).map(([from, to]) => ({
    id: `${from.name} to ${to.name}`.replaceAll(" ", "-"),
    ends: { minus: from.values, plus: to.values },
    ...between(from.name, to.name),
  }));
}

/** "Short to long hair" of short hair and long hair: what both names end with is said once. */
function between(minus: string, plus: string): Names {
  const [from, to] = [minus, plus].map((name) => name.split(" "));
  let shared = 0;
  while (shared < from.length - 1 && from.at(-1 - shared) === to.at(-1 - shared)) shared++;
  const first = from.slice(0, from.length - shared).join(" ");
  return { title: capital(`${first} to ${plus}`), minus, plus };
}

const capital = (text: string) => text[0].toUpperCase() + text.slice(1);
