/**
 * A pure function that remembers its answers, for questions that come again and again.
 *
 * @param most answers at a time; with one more it begins anew
 * @param answer never undefined; what it throws is not remembered
 */
export function remembering<Question, Answer extends object | string | number>(
  most: number,
  answer: (question: Question) => Answer,
): (question: Question) => Answer {
  const answers = new Map<Question, Answer>();
  return (question) => {
    const present = answers.get(question);
    if (present !== undefined) return present;
    const made = answer(question);
    if (answers.size >= most) answers.clear();
    answers.set(question, made);
    return made;
  };
}
