// Places in rising arrays.

// The first place in a rising array whose value is not below `value`.
export function lowerBound(array, value, low = 0, high = array.length) {
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (array[middle] < value) low = middle + 1; else high = middle;
  }
  return low;
}

// The first place in a rising array whose value is above `value`.
export function upperBound(array, value, low = 0, high = array.length) {
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (array[middle] <= value) low = middle + 1; else high = middle;
  }
  return low;
}
