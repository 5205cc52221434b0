import { drawFigures } from "../charts/frame";
import { series } from "../charts/series";

drawFigures("series", series);
