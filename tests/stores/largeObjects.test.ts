import { heavyConformance } from "./conformance.ts";
import { diskDriver, memoryDriver, s3Driver } from "./drivers.ts";

heavyConformance("a store in memory", memoryDriver);
heavyConformance("a store on a disk", diskDriver());
heavyConformance("a store in S3", s3Driver());
