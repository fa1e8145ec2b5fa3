/** Texts of templates and tutorials, which nobody may mistake for a token or a secret. */
const PLACEHOLDERS = [
  /^supersecrettoken$/i,
  /^(?:change|replace)[-_ ]?(?:me|this|it)(?![a-z])/i,
  /^(?:your|my|the|a)[-_ ](?:[a-z]+[-_ ])*(?:token|secret|key)(?:[-_ ]here)?$/i,
  /^(?:insert|paste|enter|put|add)[-_ ](?:[a-z]+[-_ ])*(?:token|secret|key|here)$/i,
  /^(?:secret|token|password|example|placeholder|xxx+|todo)$/i,
  /^<.*>$/,
  /^\$\{.*\}$/,
  /^\*+$/,
];

/** True for a text that templates carry in the place of a token or a secret. */
export function isPlaceholder(value: string): boolean {
  return PLACEHOLDERS.some((pattern) => pattern.test(value));
}
