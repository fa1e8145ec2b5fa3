import { inProcess } from "./hosts/inProcess.ts";
import { runContract } from "./runContract.ts";

runContract(inProcess(), "whole");
