// From the page's columns back to numbers.

const DIGIT_OF = new Uint8Array(128);
Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/').forEach((letter, digit) => {
  DIGIT_OF[letter.charCodeAt(0)] = digit;
});

// Reads `count` numbers; zeros at the end are left out of the text, and the
// unknown, minus zero, is NaN.
export function decode(text, count) {
  const numbers = new Float64Array(count);
  let place = 0;
  for (let at = 0; at < text.length && place < count; place += 1) {
    let quantity = 0;
    let weight = 1;
    let digit;
    do {
      digit = DIGIT_OF[text.charCodeAt(at)];
      at += 1;
      quantity += (digit & 31) * weight;
      weight *= 32;
    } while (digit > 31 && at < text.length);
    const size = Math.floor(quantity / 2);
    numbers[place] = quantity % 2 === 0 ? size : size === 0 ? NaN : -size;
  }
  return numbers;
}
