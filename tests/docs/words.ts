/** Words that were ours once, and the word that people read now: docs/words.md. */
const OLD_WORDS: Readonly<Record<string, RegExp>> = {
  "backup, for copy": /\bcop(?:y|ies)\b(?! of (?:a|the|your) project)(?! read in)/i,
  "kind of backup, for cadence": /\bcadences?\b/i,
  "run, for tick": /\bticks?\b/i,
  "schedule, for slot": /\bslots?\b/i,
  "alert, for notice or told": /\b(?:notices?|told)\b/i,
  "protected, for held": /\b(?:held|holds? back)\b/i,
  "removed, for gives way, pruned or destroyed":
    /\b(?:gives? way|gave way|prun(?:e[sd]?|ing)|destroy(?:s|ed)?)\b/i,
  "guard, for brake": /\bbrakes?\b/i,
  "made up for, for catch-up": /\bcatch(?:es|ing)?[- ]up\b/i,
  "missing, for lacks": /\black(?:s|ed|ing)?\b/i,
  "simulated DatoCMS, for stand-in": /\bstand-?ins?\b/i,
};

/** Every old word in a text for users, with the line that it stands in; what is code keeps its names. */
export function oldWordsIn(text: string): string[] {
  const prose = text
    .replace(/```.*?```/gs, (block) => block.replace(/[^\n]/g, ""))
    .replace(/`[^`\n]*`/g, "")
    .replace(/\]\([^)]*\)/g, "]");
  return prose.split("\n").flatMap((line, index) =>
    Object.entries(OLD_WORDS)
      .filter(([, pattern]) => pattern.test(line))
      .map(([advice]) => `line ${index + 1}: ${advice}: ${line.trim()}`),
  );
}
