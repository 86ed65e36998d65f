/** Passwords that mean something to keepalived, or look as if they did. */

/** Refused by us, with what keepalived 2.2.7 makes of each (its JSON dump, `-t`). */
export const MEANT: ReadonlyArray<readonly [string, string]> = [
  ['a#b', 'a'],
  ['a!b', 'a'],
  ['#ab', 'no password, which ends it'],
  ['"ab"', 'ab'],
  ['a"b', 'an open quote'],
  ['\'ab\'', 'to the letter here, a quote in the lines of scripts'],
  ['a\\b', 'a backslash, an escape within quotes'],
  ['a{b', 'a block that is opened'],
  ['a}b', 'a block that is closed'],
  ['{', 'no password, which ends it'],
  ['$_PWD', 'the directory of the conf'],
  ['${_PWD}', 'the directory of the conf'],
  ['${NAME}', '$ and a block'],
  ['$_RANDOM', 'a number that is another one on each host'],
  ['$_BANG', 'an exclamation mark, so a comment, so no password'],
  ['$_HASH', 'a comment, so no password'],
  ['~SEQ(x,1,2)', 'its first 8 characters, or a line for each number where x is used'],
  ['~LST(x,a)', 'its first 8 characters, or a line for each word where x is used']
]

/** Of 8 characters at most, and taken. */
export const TO_THE_LETTER = ['secret', '$NAME', '$', '$1', 'a$b', '$A=b', '@id', '@^id', 'a@id', '~x', '~', 'a=b', 'include', 'a;b', '(ab)', '<a>', '&', '^a', '%x', '*?[]', '`ls`', '|', 'a,b', '-', '/etc/x'] as const
