import rhea, { type Message, type Sender } from 'rhea';

/** How a request ended: an HTTP-like code, with the AMQP condition if it failed. */
export interface Reply {
  readonly status: number;
  readonly description: string;
  readonly condition?: string;
  readonly body?: unknown;
}

/** The links on which one connection wants answers to its requests to `$cbs` and `$management`. */
export class ReplyLinks {
  readonly #links = new Map<string, Sender>();

  /** The SDKs name the link in `reply_to`, or give its target address: both must find it. */
  add(sender: Sender): void {
    const names = [sender.name, sender.target?.address].filter((name) => typeof name === 'string');
    for (const name of names) this.#links.set(name, sender);
    sender.on('sender_close', () => {
      for (const name of names) this.#links.delete(name);
    });
  }

  /** Answers `request`; does nothing if its link has gone. */
  send(request: Message, { status, description, condition, body }: Reply): void {
    this.#links.get(request.reply_to ?? '')?.send({
      correlation_id: request.message_id,
      application_properties: {
        'status-code': rhea.types.wrap_int(status),
        'status-description': description,
        ...(condition === undefined ? {} : { 'error-condition': rhea.types.wrap_symbol(condition) }),
      },
      body,
    } as Message);
  }
}
