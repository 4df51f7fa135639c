// People who do not exist, with identity numbers that are well-formed.
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** An identity number of a birthday (`19400105`) and a serial, with its check mark (GB 11643). */
export function identityNumber(birthday, serial) {
  const body = `230102${birthday}${String(serial).padStart(3, '0')}`;
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(body[at]), 0);
  return body + '10X98765432'[sum % 11];
}
