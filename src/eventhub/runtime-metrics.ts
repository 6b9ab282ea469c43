import rhea, { type Message } from 'rhea';
import { sectionCode } from './amqp-section.ts';
import { skipValue } from './amqp-value.ts';
import type { PartitionLog } from './partition-log.ts';

/** Capability with which a consumer asks to be told, with every event, how far the partition goes. */
export const RUNTIME_METRICS = 'com.microsoft:enable-receiver-runtime-metric';

/** A copy of `message` with the position of the partition's newest event in its delivery annotations. */
export function withRuntimeMetrics(message: Buffer, log: PartitionLog): Buffer {
  const behindHeader = message[2] === sectionCode.header ? skipValue(message, 0) : 0;
  return Buffer.concat([message.subarray(0, behindHeader), deliveryAnnotations(log), message.subarray(behindHeader)]);
}

function deliveryAnnotations({ last }: PartitionLog): Buffer {
  const encoded = rhea.message.encode({
    delivery_annotations: {
      last_enqueued_sequence_number: rhea.types.wrap_long(last?.sequenceNumber ?? -1),
      last_enqueued_offset: String(last?.offset ?? -1),
      last_enqueued_time_utc: rhea.types.wrap_timestamp(last?.enqueuedTimeMs ?? 0),
      runtime_info_retrieval_time_utc: rhea.types.wrap_timestamp(Date.now()),
    },
  } as Partial<Message> as Message);
  // rhea always writes a header before it and a body behind it.
  const start = skipValue(encoded, 0);
  return encoded.subarray(start, skipValue(encoded, start));
}
