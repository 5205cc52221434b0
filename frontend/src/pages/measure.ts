import { drawFigures } from "../charts/frame";
import { funnel } from "../charts/funnel";
import { ranked } from "../charts/ranked";

drawFigures("ranked", ranked);
drawFigures("funnel", funnel);
