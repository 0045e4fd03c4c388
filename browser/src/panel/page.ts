import { PageHost } from "./hosts/page";
import { main } from "./main";

main(new PageHost());
