import { storeConformance } from "./conformance.ts";
import { diskDriver, memoryDriver, s3Driver } from "./drivers.ts";

storeConformance("a store in memory", memoryDriver);
storeConformance("a store on a disk", diskDriver());
storeConformance("a store in S3", s3Driver());
