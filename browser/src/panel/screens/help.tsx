/** When HubSpot says no: what its pages mean, for anybody, with or without an attempt to connect. */

import { useSurface } from "../context";
import { Note, Page } from "../../shared/parts/controls";
import { Meaning, Wordings } from "../parts/wordings";

export const Help = () => {
  const { happen } = useSurface();
  return (
    <Page
      title="When HubSpot says no" back={() => happen({ is: "go", to: "desk" })}
      says="HubSpot stops people on its own page and tells Offhook nothing. Find what its page says; you learn what it means and who can change it."
    >
      <Note><p><strong>Remember:</strong> changed rights count only after you log out of HubSpot and in again.</p></Note>
      <Wordings shown={(wording, words) => <Meaning wording={wording} words={words} />} />
    </Page>
  );
};
