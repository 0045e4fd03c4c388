import { ExtensionHost } from "./hosts/extension";
import { main } from "./main";

main(new ExtensionHost());
