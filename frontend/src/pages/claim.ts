import { claim } from "../charts/claim";
import { drawFigures } from "../charts/frame";
import { placebos } from "../charts/placebos";

drawFigures("claim", claim);
drawFigures("placebos", placebos);
