import { idxSource } from "./idx_source.ts";

/**
 * MNIST, handwritten digits (LeCun, Cortes and Burges), with its own training and test images. The
 * MD5 checksums are those that Yann LeCun's copies and npm's share.
 */
export const mnist = idxSource({
  id: "mnist",
  title: "MNIST handwritten digits",
  licence: "CC BY-SA 3.0",
  url: "https://yann.lecun.com/exdb/mnist/",
  md5: {
    trainImages: "6bbc9ace898e44ae57da46a324031adb",
    trainLabels: "a25bea736e30d166cdddb491f175f624",
    testImages: "2646ac647ad5339dbf082846283269ea",
    testLabels: "27ae3e4e09519cfbb04c329615203637",
  },
});
