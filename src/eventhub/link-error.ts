import type { Receiver, Sender } from 'rhea';

/** Why a link is refused or ended, in the service's conditions, which the SDKs turn into their error classes. */
export interface LinkError {
  readonly condition:
    | 'amqp:decode-error'
    | 'amqp:internal-error'
    | 'amqp:link:message-size-exceeded'
    | 'amqp:not-found'
    | 'amqp:unauthorized-access'
    | 'com.microsoft:argument-error'
    | 'com.microsoft:argument-out-of-range';
  readonly description: string;
}

export function isLinkError(value: object): value is LinkError {
  return 'condition' in value;
}

/** Ends a link with an error; inside its open event that refuses it, as AMQP has no other way to. */
export function refuseLink(link: Sender | Receiver, { condition, description }: LinkError): void {
  link.close({ condition, description });
}
