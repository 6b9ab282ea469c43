// Dictionary columns that follow from others, remembered by the codes they follow from. Each function sets `code` of
// dictionary.ts; false to bail, or if `full`.
import {
  ADDRESS_CLASSES_AT, ANSWER_AT, AUTH_TYPE_DICT, AUTH_TYPES_AT, CALLER_IP_DICT, CATEGORIES_AT, CATEGORY_DICT, IDENTITY_TYPE_DICT,
  IP_CLASS_DICT, NETWORK_CLASSES_AT, OPERATION_CLASS_DICT, OPERATION_CLASSES_AT, OPERATION_NAME_DICT,
} from './layout';
import { code, dictionaryLength, internValue, setCode, valueAt, valueLength } from './dictionary';
import { authType, ipClass, networkClass, operationCategory, operationClass } from './host';

/** Codes belong to the batch. Tables hold code + 1. */
export function clearDerived(): void {
  memory.fill(ADDRESS_CLASSES_AT, 0, (<usize>dictionaryLength(CALLER_IP_DICT)) << 1);
  memory.fill(NETWORK_CLASSES_AT, 0, 2 << 16);
  memory.fill(CATEGORIES_AT, 0, (<usize>dictionaryLength(OPERATION_NAME_DICT)) << 1);
  memory.fill(OPERATION_CLASSES_AT, 0, (<usize>dictionaryLength(OPERATION_NAME_DICT)) << 3);
  memory.fill(AUTH_TYPES_AT, 0, (<usize>(dictionaryLength(IDENTITY_TYPE_DICT) + 1)) << 3);
}

function remember(place: usize, dictionary: u32, length: usize): bool {
  if (length == 0 || !internValue(dictionary, ANSWER_AT, length)) return false;
  store<u16>(place, <u16>(code + 1));
  return true;
}

/** Takes the code a table holds; false if it holds none. */
function recall(place: usize): bool {
  const known = <u32>load<u16>(place);
  if (known) setCode(known - 1);
  return known != 0;
}

export function networkClassOf(network: u32): bool {
  const place = NETWORK_CLASSES_AT + ((<usize>network) << 1);
  return recall(place) || remember(place, IP_CLASS_DICT, networkClass(network));
}

/** Class of an address that is no IPv4, by its code in `caller_ip`. */
export function addressClassOf(address: u32): bool {
  const place = ADDRESS_CLASSES_AT + ((<usize>address) << 1);
  if (recall(place)) return true;
  return remember(place, IP_CLASS_DICT, ipClass(valueAt(CALLER_IP_DICT, address), valueLength(CALLER_IP_DICT, address)));
}

export function operationClassOf(operation: u32, category: u32): bool {
  const place = OPERATION_CLASSES_AT + ((<usize>operation) << 3);
  if (load<u32>(place, 4) == category && recall(place)) return true;
  store<u32>(place, category, 4);
  const length = operationClass(
    valueAt(OPERATION_NAME_DICT, operation),
    valueLength(OPERATION_NAME_DICT, operation),
    valueAt(CATEGORY_DICT, category),
    valueLength(CATEGORY_DICT, category),
  );
  return remember(place, OPERATION_CLASS_DICT, length);
}

/** Category of an operation of classic logs, by its code in `operation_name`. */
export function categoryOf(operation: u32): bool {
  const place = CATEGORIES_AT + ((<usize>operation) << 1);
  if (recall(place)) return true;
  const name = valueAt(OPERATION_NAME_DICT, operation);
  return remember(place, CATEGORY_DICT, operationCategory(name, valueLength(OPERATION_NAME_DICT, operation)));
}

/** By the code of `identity_type`, -1 where there is none, and the kind of the row's SAS. */
export function authTypeOf(identity: i32, sas: u32): bool {
  const place = AUTH_TYPES_AT + ((<usize>(identity + 1)) << 3) + ((<usize>sas) << 1);
  if (recall(place)) return true;
  const text = identity < 0 ? 0 : valueAt(IDENTITY_TYPE_DICT, identity);
  const length = identity < 0 ? 0 : valueLength(IDENTITY_TYPE_DICT, identity);
  return remember(place, AUTH_TYPE_DICT, authType(text, length, sas));
}
