// The batch condensed to a row per identity and five minutes, column by column, as src/store/rollup-condense.ts does it.
// The host has filled the tables of traits, by code.
import {
  CALLER_IP, CALLER_IP_BIT, CALLER_IPV4, CALLER_IPV4_BIT, CONTAINER, CONTAINER_BIT, GATHER_AT, IP_CLASS, IP_CLASS_BIT,
  OBJECT_KEY_BIT, OBJECT_KEY_TEXT, OPERATION_CLASS, OPERATION_COUNT, OPERATION_NAME, PRESENT_AT, PROTOCOL, PROTOCOL_BIT,
  REQUEST_BODY_BYTES, RESPONSE_BODY_BYTES, ROLLUP_AGENT_BITS_AT, ROLLUP_BYTES_IN_AT, ROLLUP_BYTES_OUT_AT,
  ROLLUP_CONTAINER_BITS_AT, ROLLUP_COUNTER_BYTES, ROLLUP_COUNTERS, ROLLUP_ERRORS_AT, ROLLUP_HTTP_N_AT,
  ROLLUP_MAX_TIME_AT, ROLLUP_MIN_TIME_AT, ROLLUP_N_AT, ROLLUP_OK_AT, ROLLUP_OLD_TLS_N_AT,
  ROLLUP_OVERWRITE_CANDIDATES_AT, ROLLUP_PUBLIC_N_AT, ROLLUP_READS_AT, ROLLUP_ROWS_AT, SKETCH_BYTES, SKETCH_IP_BYTES_AT,
  SKETCH_NETWORK_BYTES_AT, SKETCH_OBJECT_BYTES_AT, STATUS_CODE, STATUS_CODE_BIT, TIME, TLS_VERSION, TLS_VERSION_BIT,
  TRAIT_ADDRESS_BIT_AT, TRAIT_CLASS_COUNTER_AT, TRAIT_CONTAINER_BIT_AT, TRAIT_IS_HTTP_AT, TRAIT_IS_OLD_TLS_AT,
  TRAIT_IS_PUBLIC_AT, TRAIT_IS_WRITE_AT, TRAIT_NETWORK_BIT_AT, TRAIT_OVERWRITES_AT, TRAIT_TOOL_BIT_AT, USER_AGENT, USER_AGENT_BIT,
} from './layout';
import { clearGroups, groupOf, groups } from './rollup-group';
import { writeIdentity, writeIdentityValidity } from './rollup-identity';
import { writePlaces } from './rollup-places';
import { clearSuffix, noteSuffix } from './rollup-suffix';
import { Row } from './row';
import { clearSketch, hashAddress, hashNetwork, hashOctets, hashTexts, setBit } from './sketch';

// @ts-ignore: decorator
@inline
function has(present: u64, bit: u64): bool {
  return ((present >> bit) & 1) != 0;
}

/** What the table of traits says of the row's code. */
// @ts-ignore: decorator
@inline
function trait(table: usize, codes: usize, row: usize): u32 {
  return load<u8>(table + load<u16>(codes + (row << 1)));
}

// @ts-ignore: decorator
@inline
function add(counter: usize, group: usize, n: u32): void {
  const at = counter + (group << 2);
  store<u32>(at, load<u32>(at) + n);
}

// @ts-ignore: decorator
@inline
function addBytes(sums: usize, group: usize, values: usize, row: usize): void {
  const at = sums + (group << 3);
  store<i64>(at, load<i64>(at) + load<i64>(values + (row << 3)));
}

// @ts-ignore: decorator
@inline
function setWordBit(words: usize, group: usize, bit: u32): void {
  const at = words + (group << 3);
  store<u64>(at, load<u64>(at) | ((<u64>1) << bit));
}

function startGroup(group: usize, time: i64): void {
  for (let i: usize = 0; i < ROLLUP_COUNTERS; i++) store<u32>(ROLLUP_ROWS_AT + i * ROLLUP_COUNTER_BYTES + (group << 2), 0);
  const group8 = group << 3;
  writeIdentity(group);
  store<i64>(ROLLUP_BYTES_OUT_AT + group8, 0);
  store<i64>(ROLLUP_BYTES_IN_AT + group8, 0);
  store<u64>(ROLLUP_CONTAINER_BITS_AT + group8, 0);
  store<u64>(ROLLUP_AGENT_BITS_AT + group8, 0);
  store<i64>(ROLLUP_MIN_TIME_AT + group8, time);
  store<i64>(ROLLUP_MAX_TIME_AT + group8, time);
  clearSketch(SKETCH_IP_BYTES_AT + group * SKETCH_BYTES);
  clearSketch(SKETCH_NETWORK_BYTES_AT + group * SKETCH_BYTES);
  clearSketch(SKETCH_OBJECT_BYTES_AT + group * SKETCH_BYTES);
  clearSuffix(group);
}

function countOutcome(row: usize, group: usize, present: u64): void {
  const status = load<i32>(STATUS_CODE + (row << 2));
  // SMB and NFS write 0 for success.
  if ((status >= 200 && status < 300) || status == 304 || status == 0) {
    add(ROLLUP_OK_AT, group, 1);
    add(ROLLUP_READS_AT + <usize>trait(TRAIT_CLASS_COUNTER_AT, OPERATION_CLASS, row) * ROLLUP_COUNTER_BYTES, group, 1);
    add(ROLLUP_OVERWRITE_CANDIDATES_AT, group, trait(TRAIT_OVERWRITES_AT, OPERATION_NAME, row));
    if (trait(TRAIT_IS_WRITE_AT, OPERATION_CLASS, row) && has(present, OBJECT_KEY_BIT)) noteSuffix(group, row);
  } else {
    add(ROLLUP_ERRORS_AT, group, 1);
  }
}

let lastAddress: u32 = 0;
let addressHash = hashAddress(hashOctets(0), 0);
let networkHash = hashNetwork(hashOctets(0));

function sketchAddress(row: usize, group: usize, present: u64): void {
  const addresses = SKETCH_IP_BYTES_AT + group * SKETCH_BYTES;
  const networks = SKETCH_NETWORK_BYTES_AT + group * SKETCH_BYTES;
  if (has(present, CALLER_IPV4_BIT)) {
    const address = load<u32>(CALLER_IPV4 + (row << 2));
    if (address != lastAddress) {
      lastAddress = address;
      const octets = hashOctets(address);
      addressHash = hashAddress(octets, address);
      networkHash = hashNetwork(octets);
    }
    setBit(addresses, addressHash);
    setBit(networks, networkHash);
  } else if (has(present, CALLER_IP_BIT)) {
    const code = (<usize>load<u16>(CALLER_IP + (row << 1))) << 1;
    setBit(addresses, load<u16>(TRAIT_ADDRESS_BIT_AT + code));
    setBit(networks, load<u16>(TRAIT_NETWORK_BIT_AT + code));
  }
}

/** What counts of the first row of a request only. */
function countRequest(row: usize, group: usize): void {
  const present = load<u64>(PRESENT_AT + (row << 3));
  add(ROLLUP_N_AT, group, 1);
  if (has(present, STATUS_CODE_BIT)) countOutcome(row, group, present);
  if (has(present, IP_CLASS_BIT)) add(ROLLUP_PUBLIC_N_AT, group, trait(TRAIT_IS_PUBLIC_AT, IP_CLASS, row));
  if (has(present, PROTOCOL_BIT)) add(ROLLUP_HTTP_N_AT, group, trait(TRAIT_IS_HTTP_AT, PROTOCOL, row));
  if (has(present, TLS_VERSION_BIT)) add(ROLLUP_OLD_TLS_N_AT, group, trait(TRAIT_IS_OLD_TLS_AT, TLS_VERSION, row));
  addBytes(ROLLUP_BYTES_OUT_AT, group, RESPONSE_BODY_BYTES, row);
  addBytes(ROLLUP_BYTES_IN_AT, group, REQUEST_BODY_BYTES, row);
  if (has(present, CONTAINER_BIT)) {
    setWordBit(ROLLUP_CONTAINER_BITS_AT, group, trait(TRAIT_CONTAINER_BIT_AT, CONTAINER, row));
  }
  if (has(present, USER_AGENT_BIT)) {
    setWordBit(ROLLUP_AGENT_BITS_AT, group, trait(TRAIT_TOOL_BIT_AT, USER_AGENT, row));
  }
  sketchAddress(row, group, present);
  if (has(present, OBJECT_KEY_BIT)) {
    setBit(SKETCH_OBJECT_BYTES_AT + group * SKETCH_BYTES, load<u32>(GATHER_AT + (row << 2)));
  }
}

/** Condenses the batch; returns the number of groups. */
export function rollUp(): usize {
  const rows = Row.index;
  clearGroups();
  hashTexts(OBJECT_KEY_TEXT, rows, GATHER_AT);
  for (let row: usize = 0; row < rows; row++) {
    const before = groups;
    const group = groupOf(row);
    const time = load<i64>(TIME + (row << 3));
    if (groups != before) startGroup(group, time);
    const first = ROLLUP_MIN_TIME_AT + (group << 3);
    const last = ROLLUP_MAX_TIME_AT + (group << 3);
    if (time < load<i64>(first)) store<i64>(first, time);
    if (time > load<i64>(last)) store<i64>(last, time);
    add(ROLLUP_ROWS_AT, group, 1);
    if (load<i32>(OPERATION_COUNT + (row << 2)) == 0) countRequest(row, group);
  }
  writeIdentityValidity(groups);
  writePlaces(groups);
  return groups;
}
