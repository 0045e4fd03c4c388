import { useSurface } from "../context";
import { Contacts } from "./contacts";
import { Keypad } from "./keypad";
import { Recent } from "./recent";

export const Home = () => {
  const { tab } = useSurface().state;
  if (tab === "recent") return <Recent />;
  if (tab === "contacts") return <Contacts />;
  return <Keypad />;
};
