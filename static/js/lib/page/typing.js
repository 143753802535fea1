// While an input method composes a word, keys belong to it. Safari sends the Enter that confirms the word after
// compositionend, with isComposing false; its keyCode is 229 all the same.

const TAKEN_BY_INPUT_METHOD = 229;

export function isComposing(event) {
  return event.isComposing || event.keyCode === TAKEN_BY_INPUT_METHOD;
}
