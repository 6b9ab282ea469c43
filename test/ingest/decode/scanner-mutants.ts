/** A fault put into one source of the scanner, and which directed records show it. */
export interface Mutant {
  readonly fault: string;
  /** In `assembly/`. */
  readonly file: string;
  /** Stands there once. */
  readonly from: string;
  readonly to: string;
  readonly killedBy: string;
}

/** Faults a scanner may have and that some test has to find. */
export const mutants: readonly Mutant[] = [
  {
    fault: 'bounds: the last byte of a text is not compared',
    file: 'text.ts',
    from: '((1 << <u32>n) - 1)) == 0;',
    to: '((1 << (<u32>n - 1)) - 1)) == 0;',
    killedBy: 'every byte in a dictionary text',
  },
  {
    fault: 'bounds: a vector of text is copied short',
    file: 'text.ts',
    from: 'const end = p + n;\n  while (p < end) {\n    v128.store(d',
    to: 'const end = p + n - 1;\n  while (p < end) {\n    v128.store(d',
    killedBy: 'texts of every length',
  },
  {
    fault: 'control character: 0x1f is allowed',
    file: 'text.ts',
    from: 'i8x16.splat(31)',
    to: 'i8x16.splat(30)',
    killedBy: 'every byte in a dictionary text',
  },
  {
    fault: 'escape: some characters get too short',
    file: 'text.ts',
    from: 'if (c < 0x800) {',
    to: 'if (c < 0x1000) {',
    killedBy: 'escaped characters',
  },
  {
    fault: 'escape: \\n is a carriage return',
    file: 'text.ts',
    from: 'case 110: return 10;',
    to: 'case 110: return 13;',
    killedBy: 'every byte in an escape',
  },
  {
    fault: 'escape: a low surrogate alone is a character',
    file: 'text.ts',
    from: 'code >= 0xdc00 || ',
    to: '',
    killedBy: 'escaped characters',
  },
  {
    fault: 'UTF-8 lead byte: C0 and C1 are allowed',
    file: 'text.ts',
    from: 'c < 0xc2',
    to: 'c < 0xc0',
    killedBy: 'sequences of UTF-8',
  },
  {
    fault: 'UTF-8 lead byte: F5 and above are allowed',
    file: 'text.ts',
    from: 'c > 0xf4 || ',
    to: '',
    killedBy: 'sequences of UTF-8',
  },
  {
    fault: 'UTF-8: encoded surrogates are allowed',
    file: 'text.ts',
    from: ' || (c == 0xed && c1 > 0x9f)',
    to: '',
    killedBy: 'sequences of UTF-8',
  },
  {
    fault: 'redaction: no parameter is called token',
    file: 'redaction.ts',
    from: 'case 5: return (lower8(name) & 0xffffffffff) == 0x6e656b6f74;',
    to: 'case 5: return false;',
    killedBy: 'wrapped signatures',
  },
  {
    fault: 'redaction: only a signature of Azure is one',
    file: 'redaction.ts',
    from: 'case 15:\n    case 16: return lower8',
    to: 'return lower8',
    killedBy: 'wrapped signatures',
  },
  {
    fault: 'redaction: what begins like the mark is the mark',
    file: 'redaction.ts',
    from: 'return p + 5 == end || load<u8>(p + 5) == 38;',
    to: 'return true;',
    killedBy: 'wrapped signatures',
  },
  {
    fault: 'redaction: an encoded percent sign hides nothing',
    file: 'redaction.ts',
    from: 'code == 0x25 || isNameByte(code)',
    to: 'isNameByte(code)',
    killedBy: 'wrapped signatures',
  },
  {
    fault: 'redaction: an unknown member may have a secret name',
    file: 'extra.ts',
    from: 'isSecretName(p, n) || ',
    to: '',
    killedBy: 'unknown names',
  },
  {
    fault: 'duplicate key: a known member may come twice',
    file: 'record.ts',
    from: 'if (seen & bit) return 0;',
    to: '',
    killedBy: 'doubled members',
  },
  {
    fault: 'duplicate key: an unknown member may come twice',
    file: 'extra.ts',
    from: ' || isNoted(object, name, length)',
    to: '',
    killedBy: 'doubled members',
  },
  {
    fault: '2^53: whole numbers may have 16 digits',
    file: 'number.ts',
    from: 'if (n == 0 || n > 15 || (n > 1 && load<u8>(p) == 48)) return 0;',
    to: 'if (n == 0 || n > 16 || (n > 1 && load<u8>(p) == 48)) return 0;',
    killedBy: 'numbers in every field',
  },
  {
    fault: '2^53: digits and decimals may be more than 15 together',
    file: 'number.ts',
    from: 'whole + decimals > 15',
    to: 'decimals > 15',
    killedBy: 'numbers in every field',
  },
  {
    fault: 'numbers: leading zeros are allowed',
    file: 'number.ts',
    from: 'n > 15 || (n > 1 && load<u8>(p) == 48)) return 0;',
    to: 'n > 15) return 0;',
    killedBy: 'numbers in every field',
  },
  {
    fault: 'addresses: an octet may be 256',
    file: 'number.ts',
    from: '(a | b | c | d) > 255',
    to: '(a | b | c | d) > 511',
    killedBy: 'addresses',
  },
  {
    fault: 'dates: every century has a leap year',
    file: 'time.ts',
    from: 'year % 4 == 0 && year % 100 != 0',
    to: 'year % 4 == 0',
    killedBy: 'dates and times',
  },
  {
    fault: 'resync: a record may follow another without white space',
    file: 'index.ts',
    from: 'c == 123 && next > p',
    to: 'c == 123',
    killedBy: 'every byte in behind a record',
  },
  {
    fault: 'resync: anything may follow a record on its line',
    file: 'index.ts',
    from: 'return load<u8>(next) == 10 ? next + 1 : 0;',
    to: 'return load<u8>(next) == 10 ? next + 1 : next;',
    killedBy: 'every byte in behind a record',
  },
  {
    fault: 'resync: texts of a record that was given up stay',
    file: 'row.ts',
    from: 'store<u32>(state(t), load<u32>(state(t), SAVED), CURSOR);',
    to: '',
    killedBy: 'bare records behind damaged ones',
  },
  {
    fault: 'resync: values of a record that was given up stay',
    file: 'row.ts',
    from: 'memory.fill(load<u32>(COLUMNS_AT + (i << 3)) + Row.index * width, 0, width);',
    to: '',
    killedBy: 'bare records behind damaged ones',
  },
  {
    fault: 'SAS: an account has the fingerprints of another',
    file: 'sas.ts',
    from: 'copy(valueAt(ACCOUNT_DICT, account), d, accountLength);',
    to: 'memory.fill(d, 65, accountLength);',
    killedBy: 'queries',
  },
  {
    fault: 'SAS: escaped names belong to none',
    file: 'sas.ts',
    from: 'find(name, name + n, 37) != name + n || ',
    to: '',
    killedBy: 'queries',
  },
];
