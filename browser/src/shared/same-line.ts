/** How the service's page shows the extension in the same browser that the same agent is signed in there, at the same line:
    both were given the line's password by the service, and neither says it to the other. */

import type { PhoneLine } from "./phone";
import { hash } from "./sign-in";

/** `nonce`: of whoever wants to be shown, good for this once. Raises Refused where the browser makes no hashes. */
export const proofOf = ({ purpose, password }: PhoneLine, nonce: string): Promise<string> => hash(`${nonce}\n${purpose}\n${password}`);
